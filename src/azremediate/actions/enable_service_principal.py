"""Lets an application sign in to this tenant again by enabling its service principal."""

from dataclasses import dataclass
from typing import ClassVar

from azremediate.actions._sign_in_switch import (
    OFF,
    ON,
    apply_switch,
    plan_switch,
    read_switch,
    switch_holds,
    undo_switch,
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
    """`enable_service_principal` has no parameters."""


class EnableServicePrincipal:
    """Sets accountEnabled to true."""

    name: ClassVar = "enable_service_principal"
    summary: ClassVar = "let an application sign in to this tenant again"
    phase: ClassVar[Phase] = ON.phase
    undo_class: ClassVar = UndoClass.REVERSIBLE
    risk: ClassVar[Risk] = ON.risk
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.SERVICE_PRINCIPAL,)
    takes: ClassVar = frozenset(kind for kind in CredentialKind if kind.of_application)
    closes: ClassVar[frozenset[CredentialKind]] = frozenset()
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(graph=("Application.ReadWrite.All",))

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: see `read_switch`."""
        return await read_switch(target, tenant)

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """The enabling, unless it is enabled already."""
        return plan_switch(ON, target, state, parameters_json(params))

    async def apply(self, change: Change, run: Run) -> None:
        """See `apply_switch`."""
        await apply_switch(ON, change, run)

    def holds(self, change: Change, state: State) -> bool:
        """It is enabled."""
        return switch_holds(change, state)

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Disable it again."""
        return undo_switch(OFF, change, state, params={"unused_days": 90})


ACTION: Action = EnableServicePrincipal()
