"""Confirms in Identity Protection that a service principal is compromised, so that risk-based policies act."""

from dataclasses import dataclass
from typing import ClassVar

from azremediate.actions._risk import RiskSide, apply_risk, plan_confirmation, read_risk, risk_holds, undo_risk
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass
from azremediate.core.credential import CredentialKind
from azremediate.core.observed import State
from azremediate.core.permission import Needs
from azremediate.core.ports import TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind

_SIDE = RiskSide(
    action="confirm_service_principal_compromised",
    kind=TargetKind.SERVICE_PRINCIPAL,
    collection="riskyServicePrincipals",
    ids="servicePrincipalIds",
    warning="Conditional Access policies on workload identities may stop it from signing in",
)


@dataclass(frozen=True, slots=True)
class Params:
    """`confirm_service_principal_compromised` has no parameters."""


class ConfirmServicePrincipalCompromised:
    """Says confirmCompromised of it, and reads back that its risk is high."""

    name: ClassVar = "confirm_service_principal_compromised"
    summary: ClassVar = "confirm in Identity Protection that a service principal is compromised"
    phase: ClassVar = Phase.CONTAIN
    undo_class: ClassVar = UndoClass.REVERSIBLE
    risk: ClassVar = Risk.HIGH
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.SERVICE_PRINCIPAL,)
    takes: ClassVar[frozenset[CredentialKind]] = frozenset(())
    closes: ClassVar[frozenset[CredentialKind]] = frozenset()
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(
        graph=("IdentityRiskyServicePrincipal.ReadWrite.All",), licence="Microsoft Entra Workload ID Premium"
    )

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: see `read_risk`."""
        return await read_risk(_SIDE, target, tenant)

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """See `plan_confirmation`."""
        return plan_confirmation(_SIDE, target, state)

    async def apply(self, change: Change, run: Run) -> None:
        """See `apply_risk`."""
        await apply_risk(_SIDE, change, run)

    def holds(self, change: Change, state: State) -> bool:
        """Identity Protection says so."""
        return risk_holds(change, state)

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Dismiss the risk."""
        return undo_risk(_SIDE, change, state)


ACTION: Action = ConfirmServicePrincipalCompromised()
