"""Makes administrators sign in with phishing-resistant MFA, by a Conditional Access policy."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from azremediate.actions._administrator_roles import ROLES, check_roles
from azremediate.actions._conditional_access import Demand, Grant, Mode
from azremediate.actions._policy_facts import observe_policies
from azremediate.actions._policy_keeper import PolicyKeeper
from azremediate.actions._policy_params import LOCK_OUT_HELP, MEASURED, MEASURED_HELP, STATE_HELP
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass
from azremediate.core.credential import CredentialKind
from azremediate.core.lock_out import LockOut
from azremediate.core.observed import State
from azremediate.core.permission import Needs
from azremediate.core.ports import TenantReader
from azremediate.core.privilege import Person
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of `require_phishing_resistant_mfa`; raises `InputInvalid` for roles that cannot be used."""

    state: Mode = field(default=Mode.REPORT_ONLY, metadata=STATE_HELP)
    grant: Grant = field(
        default=Grant.PHISHING_RESISTANT,
        metadata={"help": "phishing-resistant, or mfa where authentication strengths do not exist"},
    )
    roles: tuple[str, ...] = field(default=ROLES, metadata={"help": "template ids of built-in directory roles"})
    lock_out: LockOut = field(default=LockOut.REFUSE, metadata=LOCK_OUT_HELP)
    measured: timedelta = field(default=MEASURED, metadata=MEASURED_HELP)

    def __post_init__(self) -> None:
        check_roles(self.roles)


def _covered(params: Params, person: Person) -> bool:
    """Whether the policy is for somebody: Conditional Access knows only roles of the whole directory."""
    return not {role.lower() for role in params.roles}.isdisjoint(person.roles)


_KEEPER = PolicyKeeper(
    action="require_phishing_resistant_mfa",
    params=Params,
    name=lambda params: f"{params.grant.words} for administrators",
    whom=lambda params: f"{len(params.roles)} roles",
    demand=lambda params, target, _facts: Demand.of(params.roles, target.exempt, params.grant),
    concerns=_covered,
    baseline="SCuBA MS.AAD.3.6v1",
    misses=lambda params, person: not _covered(params, person) and not person.azure,
    cautions=("roles scoped to an administrative unit, custom roles and Azure roles are not covered",),
)


class RequirePhishingResistantMfa:
    """Creates the policy, or enables the one it created report-only before."""

    name: ClassVar = "require_phishing_resistant_mfa"
    summary: ClassVar = "make administrators sign in with phishing-resistant MFA"
    phase: ClassVar = Phase.HARDEN
    undo_class: ClassVar = UndoClass.REVERSIBLE
    risk: ClassVar = Risk.HIGH
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.TENANT,)
    takes: ClassVar[frozenset[CredentialKind]] = frozenset()
    closes: ClassVar[frozenset[CredentialKind]] = frozenset()
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(
        graph=("Policy.Read.All", "Policy.ReadWrite.ConditionalAccess", "Application.Read.All"),
        licence="Microsoft Entra ID P1",
    )

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """The facts of `observe_policies`."""
        return State(await observe_policies(tenant))

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """A new policy, the enabling of our own report-only one, or why neither is due."""
        return _KEEPER.plan(target, state, params)

    async def apply(self, change: Change, run: Run) -> None:
        """One write, and another if the stored policy would lock out the break-glass accounts."""
        await _KEEPER.apply(change, run, self.observe)

    async def sweep(self, change: Change, run: Run) -> None:
        """Delete policies of this change that came into being after reading had said that they had not."""
        await _KEEPER.sweep(change, run, self.observe)

    def holds(self, change: Change, state: State) -> bool:
        """The policy is there once, asks what it should and is in the planned state (or enabled since)."""
        return _KEEPER.holds(change, state)

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Disable a created policy, or put a switched one back."""
        return _KEEPER.undo(change, state)


ACTION: Action = RequirePhishingResistantMfa()
