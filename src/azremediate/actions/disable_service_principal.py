"""Stops an application from signing in to this tenant by disabling its service principal."""

from dataclasses import dataclass, field
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
    """Parameters of `disable_service_principal`."""

    unused_days: int = field(
        default=90, metadata={"help": "from which age of its last activity a playbook counts an application as unused"}
    )


class DisableServicePrincipal:
    """Sets accountEnabled to false; which service principals is for a playbook to select."""

    name: ClassVar = "disable_service_principal"
    summary: ClassVar = "stop an application from signing in to this tenant"
    phase: ClassVar[Phase] = OFF.phase
    undo_class: ClassVar = UndoClass.REVERSIBLE
    risk: ClassVar[Risk] = OFF.risk
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.SERVICE_PRINCIPAL,)
    takes: ClassVar = frozenset(kind for kind in CredentialKind if kind.of_application)
    closes: ClassVar[frozenset[CredentialKind]] = frozenset()
    limited: ClassVar = True
    params: ClassVar = Params
    needs: ClassVar = Needs(graph=("Application.ReadWrite.All",))

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: see `read_switch`."""
        return await read_switch(target, tenant)

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """The disabling, unless it is disabled already."""
        return plan_switch(OFF, target, state, parameters_json(params))

    async def apply(self, change: Change, run: Run) -> None:
        """See `apply_switch`."""
        await apply_switch(OFF, change, run)

    def holds(self, change: Change, state: State) -> bool:
        """It is disabled."""
        return switch_holds(change, state)

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Enable it again."""
        return undo_switch(ON, change, state, params={})


ACTION: Action = DisableServicePrincipal()
