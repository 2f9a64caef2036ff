"""The life of one Conditional Access policy of azremediate's: created report-only, enabled later, taken back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from azremediate.actions._conditional_access import (
    DISABLED,
    ENABLED,
    REPORT_ONLY,
    Demand,
    Mode,
    made_by_us,
    tagged,
)
from azremediate.actions._lock_out_gate import locked_out_words, measured_words, not_proven
from azremediate.actions._policy_facts import ENOUGH_EXEMPT, exempt_of, impossible
from azremediate.actions._policy_params import PolicyParams
from azremediate.actions._policy_writes import (
    check_own_policy,
    create_policy,
    enable_policy,
    set_policy_state,
    sweep_policies,
)
from azremediate.actions._target_check import check_kind, check_work, not_planned
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass, new_change
from azremediate.core.errors import InputInvalid
from azremediate.core.json_value import Json, JsonObject, object_of, objects_at, text_at
from azremediate.core.lock_out import LockOut
from azremediate.core.observed import Comparison, Precondition, State
from azremediate.core.parameters import parameters_json, parse_parameters
from azremediate.core.ports import TenantReader
from azremediate.core.privilege import Person
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind


@dataclass(frozen=True, slots=True)
class PolicyKeeper:
    """Plans, makes, checks and takes back the policy of one action.

    name, whom: from the parameters, the policy's name and the people it is for, in words. demand: what the policy has
    to say, from parameters, target and facts. concerns: which of the privileged people it is for. baseline: the rules
    of CISA's SCuBA baseline that it serves. cautions: what a reviewer has to know besides. misses: which privileged
    people no policy of azremediate's covers.
    """

    action: str
    params: type[Any]
    name: Callable[[Any], str]
    whom: Callable[[Any], str]
    demand: Callable[[Any, Target, JsonObject], Demand]
    concerns: Callable[[Any, Person], bool]
    baseline: str
    cautions: tuple[str, ...] = ()
    misses: Callable[[Any, Person], bool] = lambda _params, _person: False

    def plan(self, target: Target, state: State, params: PolicyParams) -> Change | Skip:
        """A new policy, the enabling of our own report-only one, or why neither is due."""
        facts = state.facts
        demand = self.demand(params, target, facts)
        if reason := impossible(demand, facts):
            return Skip(reason, done=False)
        strengths = object_of(facts["strengths"], "strengths")
        fitting = [policy for policy in objects_at(facts, "policies") if demand.covered_by(policy, strengths)]
        for policy in fitting:
            if text_at(policy, "state") == ENABLED:
                caught = "" if demand.leaves_out_exempt(policy) else ", of the break-glass accounts too"
                return Skip(f"the enabled policy {text_at(policy, 'displayName')!r} asks at least this{caught}")
        own = [
            policy
            for policy in fitting
            if made_by_us(policy) and text_at(policy, "state") == REPORT_ONLY and demand.safe_to_enable(policy)
        ]
        if own and params.state is Mode.REPORT_ONLY:
            return Skip(f"the policy {text_at(own[0], 'displayName')!r} is there already and only reports")
        if params.state is Mode.ENABLED and params.lock_out is LockOut.REFUSE:
            own_id = text_at(own[0], "id") if own else ""
            people = self._people(target, params)
            if reason := not_proven(people, demand.grant, target.readiness.measured, own_id, params.measured):
                return Skip(f"not enabled: {reason}", done=False)
        if own:
            return self._switched(target, state, parameters_json(params), own[0], ENABLED)
        return self.created(target, state, params, {})

    def created(self, target: Target, state: State, params: PolicyParams, more: JsonObject) -> Change:
        """The change that creates the policy; `more` is work of the action's own."""
        what, whom = self.name(params), self.whom(params)
        return new_change(
            action=self.action,
            phase=Phase.HARDEN,
            target=target,
            state=state,
            params=parameters_json(params),
            work={"operation": "create", "exempt": exempt_of(target), "name": what, **more},
            summary=f"create a Conditional Access policy: {what}, for {whom} ({params.state})",
            before={"policy": "none that asks this of them"},
            after={"policy": f"{what}, for {whom}, {params.state}", "baseline": self.baseline},
            preconditions=(Precondition("/securityDefaults", Comparison.EQUALS, False),),
            undo_class=UndoClass.REVERSIBLE,
            undo_note="undone by disabling the policy",
            risk=Risk.HIGH,
            warnings=self._warnings(target, state.facts, params),
        )

    def _switched(self, target: Target, state: State, params: JsonObject, policy: JsonObject, to: str) -> Change:
        policy_id, name, was = (text_at(policy, part) for part in ("id", "displayName", "state"))
        before: dict[str, Json] = {"policyState": was}
        if to == ENABLED:
            before["measured"] = measured_words(target.readiness.measured, policy_id)
        locked_out = self._locked_out(target, state.facts, params) if to == ENABLED else ""
        return new_change(
            action=self.action,
            phase=Phase.HARDEN,
            target=target,
            state=state,
            params=params,
            work={"operation": "set-state", "policy_id": policy_id, "was": was, "state": to},
            summary=f"set the Conditional Access policy {name!r} to {to}",
            before=before,
            after={"policyState": to, "baseline": self.baseline},
            preconditions=(Precondition(f"/states/{policy_id}", Comparison.EQUALS, was),),
            undo_class=UndoClass.REVERSIBLE,
            undo_note=f"undone by setting the policy to {was}",
            risk=Risk.HIGH,
            warnings=(locked_out,) if locked_out else (),
        )

    async def apply(
        self, change: Change, run: Run, observe: Callable[[Target, TenantReader], Awaitable[State]]
    ) -> None:
        """One write, and another if the stored policy would lock out the break-glass accounts."""

        async def read() -> State:
            return await observe(change.target, run.tenant)

        self.check(change, run)
        facts = (await read()).facts
        demand = self._demand(change, facts)
        if text_at(change.work, "operation") == "create":
            await create_policy(change, run, demand, self._params(change).state.in_graph, read)
        else:
            policy_id, state = text_at(change.work, "policy_id"), text_at(change.work, "state")
            check_own_policy(demand, facts, policy_id, state)
            if state == ENABLED:
                await enable_policy(run, demand, policy_id, read)
            else:
                await set_policy_state(run, policy_id, state, read, step="set-state")

    async def sweep(
        self, change: Change, run: Run, observe: Callable[[Target, TenantReader], Awaitable[State]]
    ) -> None:
        """Delete policies of this change that came into being late."""

        async def read() -> State:
            return await observe(change.target, run.tenant)

        self.check(change, run)
        if text_at(change.work, "operation") == "create":
            await sweep_policies(change, run, read)

    def check(self, change: Change, run: Run) -> None:
        """Raise `ChangeFailed` for a change that no planner makes."""
        check_kind(change, (TargetKind.TENANT,))
        if {change.target.id, change.target.tenant_id} != {run.tenant.tenant_id}:
            raise not_planned("its target is another tenant")
        self._params(change)
        if text_at(change.work, "operation") == "create":
            check_work(change, exempt=exempt_of(change.target))
            if len(exempt_of(change.target)) < ENOUGH_EXEMPT:
                raise not_planned("it leaves out too few break-glass accounts")

    def holds(self, change: Change, state: State) -> bool:
        """The policy is there once, asks what it should, is in the planned state (or enabled since) and locks nobody
        out."""
        if text_at(change.work, "operation") == "set-state":
            policy = _switched_policy(change, state.facts)
            if not _is_switched(change, policy) or policy is None or text_at(change.work, "state") != ENABLED:
                return _is_switched(change, policy)
            demand = self._demand(change, state.facts)
            strengths = object_of(state.facts["strengths"], "strengths")
            return demand.covered_by(policy, strengths) and demand.safe_to_enable(policy)
        demand = self._demand(change, state.facts)
        own = tagged(state.facts, change.tag)
        return (
            len(own) == 1
            and text_at(own[0], "state") in (ENABLED, self._params(change).state.in_graph)
            and demand.covered_by(own[0], object_of(state.facts["strengths"], "strengths"))
            and demand.leaves_out_exempt(own[0])
        )

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Disable a created policy, or put a switched one back, also one that was edited to lock somebody out."""
        created = text_at(change.work, "operation") == "create"
        switched = None if created else _switched_policy(change, state.facts)
        if not (self.holds(change, state) if created else _is_switched(change, switched)):
            return CannotUndo("somebody has changed it since")
        if created:
            policy, back = tagged(state.facts, change.tag)[0], DISABLED
        elif switched is None:
            return CannotUndo("the policy is not there any more")
        else:
            policy, back = switched, text_at(change.work, "was")
        return self._switched(change.target, state, change.params, policy, back)

    def _params(self, change: Change) -> PolicyParams:
        try:
            params: PolicyParams = parse_parameters(self.params, change.params, change.action)
        except InputInvalid as error:
            raise not_planned(error.message) from None
        return params

    def _demand(self, change: Change, facts: JsonObject) -> Demand:
        return self.demand(self._params(change), change.target, facts)

    def _people(self, target: Target, params: PolicyParams) -> list[Person]:
        return [person for person in target.readiness.people if self.concerns(params, person)]

    def _locked_out(self, target: Target, facts: JsonObject, params: JsonObject) -> str:
        parsed = parse_parameters(self.params, params, self.action)
        return locked_out_words(self._people(target, parsed), self.demand(parsed, target, facts).grant)

    def _warnings(self, target: Target, facts: JsonObject, params: PolicyParams) -> tuple[str, ...]:
        found = [*self.cautions]
        if missed := [person.name for person in target.readiness.people if self.misses(params, person)]:
            found.append(f"privileged and not covered ({len(missed)}): {', '.join(missed)}")
        if words := self._locked_out(target, facts, parameters_json(params)):
            found.append(words if params.state is Mode.ENABLED else f"once enabled, it {words}")
        if params.state is Mode.ENABLED:
            found.append("it was not measured: whoever cannot show what it asks cannot sign in any more")
        else:
            found.append("report-only protects nobody yet: read its reports, then run again with state: enabled")
        return tuple(found)


def _switched_policy(change: Change, facts: JsonObject) -> JsonObject | None:
    policy_id = text_at(change.work, "policy_id")
    return next((one for one in objects_at(facts, "policies") if text_at(one, "id") == policy_id), None)


def _is_switched(change: Change, policy: JsonObject | None) -> bool:
    """Whether the policy is in the state that it was set to; one that is gone is as good as disabled."""
    wanted = text_at(change.work, "state")
    return wanted == DISABLED if policy is None else text_at(policy, "state") == wanted
