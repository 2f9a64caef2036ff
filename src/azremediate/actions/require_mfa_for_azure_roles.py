"""Makes holders of privileged Azure roles sign in with phishing-resistant MFA, by a group and a policy for it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from azremediate.actions._azure_group import azure_people, ensure_group, missing_members, observe_group
from azremediate.actions._conditional_access import Demand, Grant, Mode
from azremediate.actions._policy_facts import observe_policies
from azremediate.actions._policy_keeper import PolicyKeeper
from azremediate.actions._policy_params import LOCK_OUT_HELP, MEASURED, MEASURED_HELP, STATE_HELP
from azremediate.actions._target_check import check_work
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass, new_change
from azremediate.core.credential import CredentialKind
from azremediate.core.json_value import JsonObject, text_at, texts_at
from azremediate.core.lock_out import LockOut
from azremediate.core.observed import Comparison, Precondition, State
from azremediate.core.parameters import parameters_json
from azremediate.core.permission import Needs
from azremediate.core.ports import TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of `require_mfa_for_azure_roles`."""

    state: Mode = field(default=Mode.REPORT_ONLY, metadata=STATE_HELP)
    grant: Grant = field(
        default=Grant.PHISHING_RESISTANT,
        metadata={"help": "phishing-resistant, or mfa where authentication strengths do not exist"},
    )
    lock_out: LockOut = field(default=LockOut.REFUSE, metadata=LOCK_OUT_HELP)
    measured: timedelta = field(default=MEASURED, metadata=MEASURED_HELP)


def _demand(params: Params, target: Target, facts: JsonObject) -> Demand:
    return Demand.of_group(text_at(facts, "group"), target.exempt, params.grant)


_KEEPER = PolicyKeeper(
    action="require_mfa_for_azure_roles",
    params=Params,
    name=lambda params: f"{params.grant.words} for Azure administrators",
    whom=lambda _params: "holders of privileged Azure roles",
    demand=_demand,
    concerns=lambda _params, person: person.azure,
    baseline="SCuBA MS.AAD.3.6v1 (for Azure roles, which it does not name)",
    cautions=(
        "only subscriptions of azure.subscriptions are looked at, and roles held there or above",
        "whoever gets a role later is not in the group until this is planned again",
    ),
)


class RequireMfaForAzureRoles:
    """Creates the policy, or enables the one it created report-only before."""

    name: ClassVar = "require_mfa_for_azure_roles"
    summary: ClassVar = "make holders of privileged Azure roles sign in with phishing-resistant MFA"
    phase: ClassVar = Phase.HARDEN
    undo_class: ClassVar = UndoClass.REVERSIBLE
    risk: ClassVar = Risk.HIGH
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.TENANT,)
    takes: ClassVar[frozenset[CredentialKind]] = frozenset()
    closes: ClassVar[frozenset[CredentialKind]] = frozenset()
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(
        graph=(
            "Policy.Read.All",
            "Policy.ReadWrite.ConditionalAccess",
            "Application.Read.All",
            "Group.Create",
            "GroupMember.ReadWrite.All",
        ),
        licence="Microsoft Entra ID P1",
    )

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """The facts of `observe_policies` and of `observe_group`."""
        return State({**await observe_policies(tenant), **await observe_group(tenant)})

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """Group and policy, new members of the group, the enabling of our own policy, or why none is due."""
        people = azure_people(target)
        if not people:
            reason = "nobody with a privileged Azure role was found; azure.subscriptions names where to look"
            return Skip(reason, done=False)
        if wrong := text_at(state.facts, "wrong"):
            return Skip(wrong, done=False)
        missing = missing_members(state.facts, people)
        planned = _KEEPER.plan(target, state, params)
        if isinstance(planned, Change) and text_at(planned.work, "operation") == "create":
            return _KEEPER.created(target, state, params, {"members": people})
        if not missing or not text_at(state.facts, "group"):
            return planned
        return self._joined(target, state, params, missing)

    def _joined(self, target: Target, state: State, params: Params, missing: list[str]) -> Change:
        names = {person.id.lower(): person.name for person in target.readiness.people}
        return new_change(
            action=self.name,
            phase=self.phase,
            target=target,
            state=state,
            params=parameters_json(params),
            work={"operation": "join", "members": azure_people(target)},
            summary=f"add {len(missing)} to the group of Azure administrators, which a policy is for",
            before={"missing": [names[one] for one in missing]},
            after={"missing": []},
            preconditions=(Precondition("/group", Comparison.EQUALS, text_at(state.facts, "group")),),
            undo_class=UndoClass.NOT_WANTED,
            undo_note="whoever holds such a role has to sign in like this",
            risk=self.risk,
        )

    async def apply(self, change: Change, run: Run) -> None:
        """The group, then who is missing in it, then the policy as for any other."""
        _KEEPER.check(change, run)
        if text_at(change.work, "operation") in ("create", "join"):
            people = azure_people(change.target)
            check_work(change, members=list(people))
            await ensure_group(change, run, people)
        if text_at(change.work, "operation") != "join":
            await _KEEPER.apply(change, run, self.observe)

    async def sweep(self, change: Change, run: Run) -> None:
        """Delete policies of this change that came into being after reading had said that they had not."""
        await _KEEPER.sweep(change, run, self.observe)

    def holds(self, change: Change, state: State) -> bool:
        """Everybody planned is in the group, and the policy is as it should be."""
        joined = not missing_members(state.facts, texts_at(change.work, "members"))
        if text_at(change.work, "operation") == "join":
            return joined
        return joined and bool(text_at(state.facts, "group")) and _KEEPER.holds(change, state)

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Disable a created policy, or put a switched one back; the group stays as it is."""
        if text_at(change.work, "operation") == "join":
            return CannotUndo("people stay in the group as long as they hold their roles")
        return _KEEPER.undo(change, state)


ACTION: Action = RequireMfaForAzureRoles()
