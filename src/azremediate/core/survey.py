"""What planning needs to know of a tenant beside one target: who is who, what is used, what exists, who is ready."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from azremediate.core.credential import CompromisedCredential
from azremediate.core.playbook import Audience, Usage
from azremediate.core.privilege import Person, Readiness
from azremediate.core.target import Resolved, Target, Unresolved


class Grade(StrEnum):
    """What a verdict of no use rests on: every source agrees, some could not be read, or there is no date at all."""

    STRONG = "strong"
    MODERATE = "moderate"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class UsageVerdict:
    """Whether an application is used: the reason in words and, if there is one, the time of the last activity.

    grade: of a verdict that it is not used. evidence: what else was looked at and found. gaps: what could not be looked
    at, and how old what was looked at is. owners: addresses or names of whom to ask.
    """

    usage: Usage
    reason: str
    last_seen: str = ""
    grade: Grade | None = None
    evidence: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()


class IdentityResolver(Protocol):
    """Finds the live object and credential behind each row of a list."""

    async def resolve(self, credentials: Sequence[CompromisedCredential]) -> Sequence[Resolved | Unresolved]:
        """One result for each credential, in order. Raises `PermissionMissing` when nothing can be looked up."""
        ...


class TenantInventory(Protocol):
    """Lists what a tenant has."""

    async def service_principals(self) -> Sequence[Target]:
        """Every service principal; raises rather than give a part."""
        ...

    async def applications(self, audiences: Collection[Audience]) -> Sequence[Target]:
        """Every application that is registered here for one of these audiences; raises rather than give a part."""
        ...


class UsageEvidence(Protocol):
    """Tells used applications from unused ones."""

    async def verdicts(self, targets: Sequence[Target], *, unused_days: int) -> Mapping[str, UsageVerdict]:
        """A verdict for each target by its appId in lower case; what is not known is `Usage.UNKNOWN` with a reason."""
        ...


class SignInReadiness(Protocol):
    """Says who could sign in if more were asked for."""

    async def of(self, people: Sequence[Person]) -> Readiness:
        """The same people with what they registered, and what report-only policies saw of them.

        Raises `PermissionMissing`; what else cannot be read is a gap.
        """
        ...


@dataclass(frozen=True, slots=True)
class Survey:
    """The four of them for one tenant."""

    resolver: IdentityResolver
    inventory: TenantInventory
    usage: UsageEvidence
    readiness: SignInReadiness
