"""Makes administrators sign in with phishing-resistant MFA, by a Conditional Access policy."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from azremediate.actions._administrator_roles import ROLES, check_roles
from azremediate.actions._conditional_access import (
    DISABLED,
    ENABLED,
    PHISHING_RESISTANT,
    POLICIES,
    REPORT_ONLY,
    Demand,
    Grant,
    made_by_us,
    tagged,
    trimmed,
)
from azremediate.actions._policy_writes import check_own_policy, create_policy, set_policy_state
from azremediate.actions._reading import read_all, required
from azremediate.actions._target_check import check_kind, check_work, not_planned
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass, new_change
from azremediate.core.cloud import Cloud
from azremediate.core.credential import CredentialKind
from azremediate.core.errors import InputInvalid, PermissionMissing, TenantError
from azremediate.core.json_value import Json, JsonObject, flag_at, object_of, objects_at, text_at, texts_at
from azremediate.core.observed import Comparison, Precondition, State
from azremediate.core.parameters import parameters_json, parse_parameters
from azremediate.core.permission import Needs
from azremediate.core.ports import Read, TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind

_ENOUGH_EXEMPT = 2


class Mode(StrEnum):
    """Whether a policy acts or only reports what it would have done."""

    REPORT_ONLY = "report-only"
    ENABLED = "enabled"

    @property
    def in_graph(self) -> str:
        """Graph's word for it."""
        return ENABLED if self is Mode.ENABLED else REPORT_ONLY


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of `require_phishing_resistant_mfa`; raises `InputInvalid` for roles that cannot be used."""

    state: Mode = field(
        default=Mode.REPORT_ONLY, metadata={"help": "report-only, or enabled once the reports are good"}
    )
    grant: Grant = field(
        default=Grant.PHISHING_RESISTANT,
        metadata={"help": "phishing-resistant, or mfa where authentication strengths do not exist"},
    )
    roles: tuple[str, ...] = field(default=ROLES, metadata={"help": "template ids of built-in directory roles"})

    def __post_init__(self) -> None:
        check_roles(self.roles)


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
        """Facts: policies, their states by id, strengths (id to methods), noStrengths (why), securityDefaults."""
        policies = [trimmed(policy) async for page in tenant.pages(Read(POLICIES)) for policy in page]
        policies.sort(key=lambda policy: text_at(policy, "id"))
        reads = {
            "defaults": Read("/policies/identitySecurityDefaultsEnforcementPolicy"),
            "strengths": Read("/policies/authenticationStrengthPolicies"),
        }
        if tenant.cloud is Cloud.CHINA:
            del reads["strengths"]
        answers = await read_all(tenant, reads)
        strengths, missing = _strengths(answers.get("strengths"))
        return State(
            {
                "policies": policies,
                "states": {text_at(policy, "id"): text_at(policy, "state") for policy in policies},
                "strengths": strengths,
                "noStrengths": missing,
                "securityDefaults": flag_at(required(answers, "defaults"), "isEnabled") is True,
            }
        )

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """A new policy, the enabling of our own report-only one, or why neither is due."""
        demand = Demand.of(params.roles, target.exempt, params.grant)
        facts = state.facts
        if reason := _impossible(demand, facts):
            return Skip(reason, done=False)
        strengths = object_of(facts["strengths"], "strengths")
        fitting = [policy for policy in objects_at(facts, "policies") if demand.covered_by(policy, strengths)]
        for policy in fitting:
            if text_at(policy, "state") == ENABLED:
                return Skip(f"the enabled policy {text_at(policy, 'displayName')!r} asks at least this")
        own = [
            policy
            for policy in fitting
            if made_by_us(policy) and text_at(policy, "state") == REPORT_ONLY and demand.safe_to_enable(policy)
        ]
        if own and params.state is Mode.REPORT_ONLY:
            return Skip(f"the policy {text_at(own[0], 'displayName')!r} is there already and only reports")
        if own:
            return self._switched(target, state, parameters_json(params), own[0], ENABLED)
        return self._created(target, state, params, demand)

    def _created(self, target: Target, state: State, params: Params, demand: Demand) -> Change:
        what = "phishing-resistant MFA" if params.grant is Grant.PHISHING_RESISTANT else "MFA"
        return new_change(
            action=self.name,
            phase=self.phase,
            target=target,
            state=state,
            params=parameters_json(params),
            work={"operation": "create", "exempt": list(demand.exempt), "name": f"{what} for administrators"},
            summary=f"create a Conditional Access policy: {what} for {len(demand.roles)} roles ({params.state})",
            before={"policy": "none that asks this of them"},
            after={"policy": f"{what} for {len(demand.roles)} roles, {params.state}"},
            preconditions=(Precondition("/securityDefaults", Comparison.EQUALS, False),),
            undo_class=self.undo_class,
            undo_note="undone by disabling the policy",
            risk=self.risk,
            warnings=_warnings(params),
        )

    def _switched(self, target: Target, state: State, params: JsonObject, policy: JsonObject, to: str) -> Change:
        policy_id, name, was = (text_at(policy, part) for part in ("id", "displayName", "state"))
        return new_change(
            action=self.name,
            phase=self.phase,
            target=target,
            state=state,
            params=params,
            work={"operation": "set-state", "policy_id": policy_id, "was": was, "state": to},
            summary=f"set the Conditional Access policy {name!r} to {to}",
            before={"policyState": was},
            after={"policyState": to},
            preconditions=(Precondition(f"/states/{policy_id}", Comparison.EQUALS, was),),
            undo_class=self.undo_class,
            undo_note=f"undone by setting the policy to {was}",
            risk=self.risk,
        )

    async def apply(self, change: Change, run: Run) -> None:
        """One write, and another if the stored policy would lock out the break-glass accounts."""

        async def read() -> State:
            return await self.observe(change.target, run.tenant)

        check_kind(change, self.targets)
        if {change.target.id, change.target.tenant_id} != {run.tenant.tenant_id}:
            raise not_planned("its target is another tenant")
        if text_at(change.work, "operation") == "create":
            check_work(change, exempt=list(_demand(change).exempt))
            if len(change.target.exempt) < _ENOUGH_EXEMPT:
                raise not_planned("it leaves out too few break-glass accounts")
            await create_policy(change, run, _demand(change), _state_of(change), read)
        else:
            policy_id, state = text_at(change.work, "policy_id"), text_at(change.work, "state")
            check_own_policy(_demand(change), (await read()).facts, policy_id, state)
            await set_policy_state(run, policy_id, state, read, step="set-state")

    def holds(self, change: Change, state: State) -> bool:
        """The policy is there once, asks what it should and is in the planned state (or enabled since)."""
        if text_at(change.work, "operation") == "set-state":
            wanted = text_at(change.work, "state")
            found = object_of(state.facts["states"], "states").get(text_at(change.work, "policy_id"))
            return found == wanted or (found is None and wanted == DISABLED)
        demand = _demand(change)
        own = tagged(state.facts, change.tag)
        return (
            len(own) == 1
            and text_at(own[0], "state") in (ENABLED, _state_of(change))
            and demand.covered_by(own[0], object_of(state.facts["strengths"], "strengths"))
            and demand.leaves_out_exempt(own[0])
        )

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Disable a created policy, or put a switched one back."""
        if not self.holds(change, state):
            return CannotUndo("somebody has changed it since")
        if text_at(change.work, "operation") == "create":
            policy, back = tagged(state.facts, change.tag)[0], DISABLED
        else:
            policy_id, back = text_at(change.work, "policy_id"), text_at(change.work, "was")
            found = [one for one in objects_at(state.facts, "policies") if text_at(one, "id") == policy_id]
            if not found:
                return CannotUndo("the policy is not there any more")
            policy = found[0]
        return self._switched(change.target, state, change.params, policy, back)


def _params(change: Change) -> Params:
    try:
        params: Params = parse_parameters(Params, change.params, change.action)
    except InputInvalid as error:
        raise not_planned(error.message) from None
    return params


def _demand(change: Change) -> Demand:
    params = _params(change)
    return Demand.of(params.roles, change.target.exempt, params.grant)


def _state_of(change: Change) -> str:
    return _params(change).state.in_graph


def _strengths(answer: JsonObject | TenantError | None) -> tuple[dict[str, Json], str]:
    """The tenant's strengths and, when phishing-resistant cannot be asked for, why."""
    if answer is None:
        return {}, "this cloud has no authentication strengths"
    if isinstance(answer, PermissionMissing):
        raise answer
    if isinstance(answer, TenantError):
        return {}, f"the authentication strengths could not be read: {answer.message}"
    found: dict[str, Json] = {
        text_at(one, "id").lower(): sorted(texts_at(one, "allowedCombinations")) for one in objects_at(answer, "value")
    }
    return found, "" if PHISHING_RESISTANT in found else "the tenant has no phishing-resistant authentication strength"


def _impossible(demand: Demand, facts: JsonObject) -> str:
    """Why no such policy can be made here; empty when one can."""
    if len(demand.exempt) < _ENOUGH_EXEMPT:
        return f"fewer than {_ENOUGH_EXEMPT} break-glass accounts are configured (guards.break_glass)"
    if facts["securityDefaults"]:
        return "security defaults are on, which Conditional Access cannot be combined with; turn them off first"
    missing = text_at(facts, "noStrengths")
    if demand.grant is Grant.PHISHING_RESISTANT and missing:
        return f"{missing}; ask for ordinary MFA with `grant: mfa`"
    return ""


def _warnings(params: Params) -> tuple[str, ...]:
    found = ["roles scoped to an administrative unit, custom roles and Azure roles are not covered"]
    if params.state is Mode.ENABLED:
        found.append("an administrator without a registered method of this kind cannot sign in any more")
    else:
        found.append("report-only protects nobody yet: read its reports, then run again with state: enabled")
    return tuple(found)


ACTION: Action = RequirePhishingResistantMfa()
