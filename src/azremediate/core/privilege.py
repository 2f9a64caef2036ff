"""Who holds privilege in a tenant, by which road; and whether those people could sign in with a strong method."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class System(StrEnum):
    """Where a role gives its rights."""

    ENTRA = "entra"
    AZURE = "azure"


class Hold(StrEnum):
    """Whether a role works now or has to be activated first (Privileged Identity Management)."""

    ACTIVE = "active"
    ELIGIBLE = "eligible"


class Link(StrEnum):
    """What ties a principal to the holder of a role: itself, or something in the group that holds it."""

    DIRECT = "direct"
    MEMBER = "member"
    ELIGIBLE_MEMBER = "eligible member"
    OWNER = "owner"
    ELIGIBLE_OWNER = "eligible owner"

    @property
    def owns(self) -> bool:
        """Whether the principal does not have the role yet, but can put itself into the group that has it."""
        return self in (Link.OWNER, Link.ELIGIBLE_OWNER)


class Kind(StrEnum):
    """What a principal is; `other` for groups, service principals and whatever is no user."""

    PERSON = "person"
    GUEST = "guest"
    DISABLED = "disabled"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Privilege:
    """One road on which one principal has or can get one privileged role; ids in lower case.

    scope: `/` for the whole directory, an administrative unit, or an Azure scope. group: the group that holds the role,
    empty for `direct`. name: the user principal name, empty for what is no user.
    """

    principal_id: str
    role_id: str
    role: str
    system: System
    hold: Hold
    scope: str
    link: Link = Link.DIRECT
    group: str = ""
    name: str = ""
    kind: Kind = Kind.OTHER

    @property
    def everywhere(self) -> bool:
        """Whether it is a role of the whole directory."""
        return self.system is System.ENTRA and self.scope == "/"

    @property
    def road(self) -> str:
        """The road in words."""
        held = self.role if self.hold is Hold.ACTIVE else f"{self.role} (eligible)"
        where = "" if self.everywhere else f" at {self.scope}"
        return f"{held}{where}" + (f", {self.link} of the group {self.group}" if self.group else "")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who holds privilege and can sign in; one of `roads` for each path of privilege.

    roles: ids of the directory roles held or eligible for the whole directory, which are those that Conditional Access
    knows. azure: whether any road leads to an Azure role.
    resistant, multifactor: whether a phishing-resistant method, any second factor, is registered; None when that is not
    known, and `gap` says why.
    """

    id: str
    name: str
    guest: bool
    roles: tuple[str, ...]
    azure: bool
    roads: tuple[str, ...]
    resistant: bool | None = None
    multifactor: bool | None = None
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one of azremediate's report-only policies would have done to sign-ins.

    Looked at are the interactive sign-ins of privileged people, and everybody's by legacy clients. days: since it
    reports. sign_ins: how many it judged. refused: names of people whom it would not have let in. interrupted: sign-ins
    in which it would have asked for something. gap: why nothing is known, empty otherwise.
    """

    policy_id: str
    days: float
    sign_ins: int
    refused: tuple[str, ...] = ()
    interrupted: int = 0
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """How ready people are for a stronger sign-in: each with what is registered, and what report-only policies saw."""

    people: tuple[Person, ...] = ()
    measured: tuple[Measured, ...] = ()


def people_of(roster: Iterable[Privilege], exempt: Sequence[str]) -> tuple[Person, ...]:
    """The people of a roster who can sign in, without the exempt accounts; by name, what they registered not known."""
    left_out = {one.lower() for one in exempt}
    found: dict[str, list[Privilege]] = {}
    for entry in roster:
        if entry.kind in (Kind.PERSON, Kind.GUEST) and entry.principal_id not in left_out:
            found.setdefault(entry.principal_id, []).append(entry)
    people = [
        Person(
            id=principal,
            name=entries[0].name,
            guest=entries[0].kind is Kind.GUEST,
            roles=tuple(sorted({entry.role_id for entry in entries if entry.everywhere and not entry.link.owns})),
            azure=any(entry.system is System.AZURE for entry in entries),
            roads=tuple(dict.fromkeys(entry.road for entry in entries)),
        )
        for principal, entries in found.items()
    ]
    return tuple(sorted(people, key=lambda person: (person.name, person.id)))
