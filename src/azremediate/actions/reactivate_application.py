"""Activates an application again that was deactivated, in every tenant."""

from dataclasses import dataclass
from typing import ClassVar

from azremediate.actions._deactivation import (
    DEACTIVATE,
    REACTIVATE,
    apply_deactivation,
    deactivation_holds,
    plan_deactivation,
    read_deactivation,
    undo_deactivation,
)
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
    """`reactivate_application` has no parameters."""


class ReactivateApplication:
    """Sets isDisabled to false on the application, in its home tenant."""

    name: ClassVar = "reactivate_application"
    summary: ClassVar = "let a deactivated application get tokens again, in every tenant"
    phase: ClassVar[Phase] = REACTIVATE.phase
    undo_class: ClassVar = UndoClass.REVERSIBLE
    risk: ClassVar[Risk] = REACTIVATE.risk
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.APPLICATION,)
    takes: ClassVar = frozenset(kind for kind in CredentialKind if kind.of_application)
    closes: ClassVar[frozenset[CredentialKind]] = frozenset()
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(graph=("Application.ReadWrite.All",))

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: see `read_deactivation`."""
        return await read_deactivation(target, tenant)

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """The switch, unless it is there already."""
        return plan_deactivation(REACTIVATE, target, state, parameters_json(params))

    async def apply(self, change: Change, run: Run) -> None:
        """See `apply_deactivation`."""
        await apply_deactivation(REACTIVATE, change, run)

    def holds(self, change: Change, state: State) -> bool:
        """It is active."""
        return deactivation_holds(change, state)

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Deactivate it again."""
        return undo_deactivation(DEACTIVATE, change, state)


ACTION: Action = ReactivateApplication()
