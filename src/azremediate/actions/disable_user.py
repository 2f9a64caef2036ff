"""Stops a user from signing in."""

from dataclasses import dataclass
from typing import ClassVar

from azremediate.actions._account import (
    SWITCH_NEEDS,
    SWITCH_OFF,
    SWITCH_ON,
    apply_account,
    plan_account,
    read_account,
)
from azremediate.actions._sign_in_switch import switch_holds
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass
from azremediate.core.credential import CredentialKind
from azremediate.core.observed import State
from azremediate.core.parameters import parameters_json
from azremediate.core.permission import Needs
from azremediate.core.ports import TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind


@dataclass(frozen=True, slots=True)
class Params:
    """`disable_user` has no parameters."""


class DisableUser:
    """Sets accountEnabled to false."""

    name: ClassVar = "disable_user"
    summary: ClassVar = "stop a user from signing in"
    phase: ClassVar[Phase] = SWITCH_OFF.phase
    undo_class: ClassVar = UndoClass.REVERSIBLE
    risk: ClassVar[Risk] = SWITCH_OFF.risk
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.USER,)
    takes: ClassVar = frozenset({CredentialKind.SESSION, CredentialKind.USER_PASSWORD})
    closes: ClassVar[frozenset[CredentialKind]] = frozenset()
    limited: ClassVar = True
    params: ClassVar = Params
    needs: ClassVar[Needs] = SWITCH_NEEDS

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: see `read_account`."""
        return State(await read_account(target, tenant))

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """The disabling, unless it is disabled already."""
        return plan_account(SWITCH_OFF, target, state, parameters_json(params))

    async def apply(self, change: Change, run: Run) -> None:
        """See `apply_account`."""
        await apply_account(SWITCH_OFF, change, run)

    def holds(self, change: Change, state: State) -> bool:
        """It is disabled."""
        return switch_holds(change, state)

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Enable it again, unless somebody has done so already."""
        if not switch_holds(change, state):
            return CannotUndo("somebody has changed it since")
        undone = plan_account(SWITCH_ON, change.target, state, params={})
        return CannotUndo(undone.reason) if isinstance(undone, Skip) else undone


ACTION: Action = DisableUser()
