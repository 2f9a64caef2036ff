"""Rows of a list, a tenant that is surveyed without reading it, and plans made from both."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from azremediate.core.action import Action
from azremediate.core.config import GuardSettings
from azremediate.core.credential import CompromisedCredential, Confidence, CredentialKind, CredentialList
from azremediate.core.events import ignore
from azremediate.core.guards import GuardFacts
from azremediate.core.plan import Plan
from azremediate.core.planner import Planning, make_plan
from azremediate.core.playbook import Audience, Playbook, Step, Usage
from azremediate.core.privilege import Person, Readiness
from azremediate.core.survey import Survey, UsageVerdict
from azremediate.core.target import ExposedCredential, Resolved, Target, TargetKind, Unresolved
from tests.core.plans import a_target, an_origin
from tests.core.stage import FACTS, Directory, Ledger, Toggle

SECRET = CredentialKind.CLIENT_SECRET


def a_row(
    line: int, identity: str = "payroll", kind: CredentialKind = SECRET, confidence: Confidence = Confidence.KNOWN
) -> CompromisedCredential:
    """One row of a list."""
    return CompromisedCredential(kind, identity, confidence=confidence, lines=(line,))


def exposed(key_id: str, holder_id: str = "holder") -> ExposedCredential:
    """One live secret that leaked."""
    return ExposedCredential(SECRET, TargetKind.SERVICE_PRINCIPAL, holder_id, key_id, "abc", "", "key id")


def resolved(row: CompromisedCredential, target: Target | None = None, note: str = "") -> Resolved:
    """A row with its target."""
    return Resolved(row, target or a_target(), note)


@dataclass
class Surveyed:
    """Resolver, inventory and usage evidence in one; what it was not told of is unknown."""

    found: Sequence[Resolved | Unresolved] = ()
    listed: Sequence[Target] = ()
    usages: Mapping[str, Usage] = field(default_factory=dict)
    asked_audiences: list[tuple[Audience, ...]] = field(default_factory=list)
    asked_days: list[int] = field(default_factory=list)
    asked_rows: list[CompromisedCredential] = field(default_factory=list)

    async def resolve(self, credentials: Sequence[CompromisedCredential]) -> Sequence[Resolved | Unresolved]:
        """What was found."""
        self.asked_rows.extend(credentials)
        return self.found

    async def service_principals(self) -> Sequence[Target]:
        """What there is."""
        return self.listed

    async def applications(self, audiences: Collection[Audience]) -> Sequence[Target]:
        """Those that have an application object, as if all were for the first audience asked for."""
        self.asked_audiences.append(tuple(audiences))
        return [one for one in self.listed if one.application_id]

    async def verdicts(self, targets: Sequence[Target], *, unused_days: int) -> Mapping[str, UsageVerdict]:
        """What is known of their use."""
        self.asked_days.append(unused_days)
        return {app_id.lower(): UsageVerdict(usage, "as told") for app_id, usage in self.usages.items()}

    async def of(self, people: Sequence[Person]) -> Readiness:
        """Everybody is ready."""
        return Readiness(tuple(replace(person, resistant=True, multifactor=True) for person in people))

    @property
    def survey(self) -> Survey:
        """As planning takes it."""
        return Survey(self, self, self, self)


def a_playbook(*steps: Step | str) -> Playbook:
    """A playbook of these steps; a text is a step without a selector."""
    return Playbook("respond", "", 1, tuple(step if isinstance(step, Step) else Step(step) for step in steps), "0" * 64)


@dataclass
class Desk:
    """Everything that planning needs; the tenant has every target that the survey knows, enabled."""

    surveyed: Surveyed
    actions: Sequence[Toggle] = (Toggle(),)
    guards: GuardSettings = field(default_factory=GuardSettings)
    facts: GuardFacts = FACTS

    def __post_init__(self) -> None:
        targets = [one.target for one in self.surveyed.found if isinstance(one, Resolved)] + list(self.surveyed.listed)
        # An identity is read as its service principal, whatever the row named.
        known = [target.seen_as((TargetKind.SERVICE_PRINCIPAL,)) or target for target in targets]
        self.tenant = Directory(Ledger(), list({target.id: target for target in known}.values()))

    async def plan(self, *steps: Step | str, **more: Any) -> Plan:
        """The plan of a playbook of these steps; `given` is the list, made of the found rows when it is not told."""
        rows = tuple(one.credential for one in self.surveyed.found)
        given = more.get("given", CredentialList("list.csv", "0" * 64, len(rows), rows, 0, ()))
        known: dict[str, Action] = {action.name: action for action in self.actions}
        planning = Planning(
            tenant=self.tenant,
            actions=known,
            survey=self.surveyed.survey,
            settings=self.guards,
            facts=self.facts,
            origin=an_origin(),
            listener=ignore,
        )
        return await make_plan(planning, a_playbook(*steps), given)
