"""Deactivates an application of this tenant: it gets no new token in any tenant, and keeps its configuration."""

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
    """`deactivate_application` has no parameters."""


class DeactivateApplication:
    """Sets isDisabled to true on the application, in its home tenant."""

    name: ClassVar = "deactivate_application"
    summary: ClassVar = "stop an application of this tenant from getting tokens in any tenant"
    phase: ClassVar[Phase] = DEACTIVATE.phase
    undo_class: ClassVar = UndoClass.REVERSIBLE
    risk: ClassVar[Risk] = DEACTIVATE.risk
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.APPLICATION,)
    takes: ClassVar = frozenset(kind for kind in CredentialKind if kind.of_application)
    closes: ClassVar[frozenset[CredentialKind]] = frozenset()
    limited: ClassVar = True
    params: ClassVar = Params
    needs: ClassVar = Needs(graph=("Application.ReadWrite.All",))

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: see `read_deactivation`."""
        return await read_deactivation(target, tenant)

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """The switch, unless it is there already."""
        return plan_deactivation(DEACTIVATE, target, state, parameters_json(params))

    async def apply(self, change: Change, run: Run) -> None:
        """See `apply_deactivation`."""
        await apply_deactivation(DEACTIVATE, change, run)

    def holds(self, change: Change, state: State) -> bool:
        """It is deactivated."""
        return deactivation_holds(change, state)

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Activate it again."""
        return undo_deactivation(REACTIVATE, change, state)


ACTION: Action = DeactivateApplication()
