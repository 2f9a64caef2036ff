"""Keeps out clients that know no second factor, by a Conditional Access policy."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from azremediate.actions._conditional_access import Demand, Mode
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
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of `block_legacy_authentication`."""

    state: Mode = field(default=Mode.REPORT_ONLY, metadata=STATE_HELP)
    lock_out: LockOut = field(default=LockOut.REFUSE, metadata=LOCK_OUT_HELP)
    measured: timedelta = field(default=MEASURED, metadata=MEASURED_HELP)


_KEEPER = PolicyKeeper(
    action="block_legacy_authentication",
    params=Params,
    name=lambda _params: "no legacy authentication",
    whom=lambda _params: "everybody",
    demand=lambda _params, target, _facts: Demand.no_legacy_clients(target.exempt),
    concerns=lambda _params, _person: True,
    baseline="SCuBA MS.AAD.1.1v1",
    cautions=("mail clients and devices that sign in with a password alone stop working once it is enabled",),
)


class BlockLegacyAuthentication:
    """Creates the policy, or enables the one it created report-only before."""

    name: ClassVar = "block_legacy_authentication"
    summary: ClassVar = "keep out clients that know no second factor"
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


ACTION: Action = BlockLegacyAuthentication()
