"""Makes everybody who manages Azure show strong authentication, by a Conditional Access policy."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from azremediate.actions._conditional_access import Demand, Grant, Mode
from azremediate.actions._policy_facts import observe_policies
from azremediate.actions._policy_keeper import PolicyKeeper
from azremediate.actions._policy_params import LOCK_OUT_HELP, MEASURED, MEASURED_HELP, STATE_HELP
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass
from azremediate.core.cloud import Cloud
from azremediate.core.credential import CredentialKind
from azremediate.core.json_value import JsonObject, text_at
from azremediate.core.lock_out import LockOut
from azremediate.core.observed import State
from azremediate.core.permission import Needs
from azremediate.core.ports import TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind

AZURE_MANAGEMENT = "797f4846-ba00-4fd7-ba43-dac1f8f63013"
"""Windows Azure Service Management API: the portal, Resource Manager and its clients."""

AZURE_MANAGEMENT_OF_GOVERNMENT = "40a69793-8fe6-4db1-9591-dbc5c57b17d8"
"""Azure Government Cloud Management API."""


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of `require_mfa_for_azure_management`."""

    state: Mode = field(default=Mode.REPORT_ONLY, metadata=STATE_HELP)
    grant: Grant = field(
        default=Grant.MFA,
        metadata={"help": "mfa, or phishing-resistant once everybody who manages Azure has such a method"},
    )
    lock_out: LockOut = field(default=LockOut.REFUSE, metadata=LOCK_OUT_HELP)
    measured: timedelta = field(default=MEASURED, metadata=MEASURED_HELP)


def _demand(params: Params, target: Target, facts: JsonObject) -> Demand:
    return Demand.of_everybody(target.exempt, params.grant, text_at(facts, "application"))


_KEEPER = PolicyKeeper(
    action="require_mfa_for_azure_management",
    params=Params,
    name=lambda params: f"{params.grant.words} for Azure management",
    whom=lambda _params: "everybody",
    demand=_demand,
    concerns=lambda _params, _person: True,
    baseline="SCuBA MS.AAD.3.2v2",
    cautions=(
        "it does not cover Microsoft Graph and Azure DevOps",
        "only privileged people are looked at: who else manages Azure and has no second factor is not known",
    ),
)


class RequireMfaForAzureManagement:
    """Creates the policy, or enables the one it created report-only before."""

    name: ClassVar = "require_mfa_for_azure_management"
    summary: ClassVar = "make whoever manages Azure sign in with MFA"
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
        """The facts of `observe_policies`, and application: the appId of Azure's management in this cloud."""
        government = tenant.cloud in (Cloud.USGOV, Cloud.USGOV_DOD)
        application = AZURE_MANAGEMENT_OF_GOVERNMENT if government else AZURE_MANAGEMENT
        return State({**await observe_policies(tenant), "application": application})

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


ACTION: Action = RequireMfaForAzureManagement()
