"""Restricts new secrets and certificates by the tenant's default app management policy."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar, Final

from azremediate.actions._added_since import since_of
from azremediate.actions._app_restrictions import (
    KEY_LIFETIME,
    KEYS,
    PASSWORD_ADDITION,
    PASSWORD_LIFETIME,
    PASSWORDS,
    SECTIONS,
    Rule,
    at_least,
    policy_of,
    rules_in,
    same_policy,
    tightest,
)
from azremediate.actions._target_check import check_kind, not_planned
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass, new_change
from azremediate.core.credential import CredentialKind
from azremediate.core.errors import InputInvalid
from azremediate.core.json_value import JsonObject, flag_at, object_of, text_at
from azremediate.core.observed import Comparison, Precondition, State
from azremediate.core.parameters import parameters_json, parse_parameters
from azremediate.core.permission import Needs
from azremediate.core.ports import Read, TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind
from azremediate.core.write import Body, Write

_PATH: Final = "/policies/defaultAppManagementPolicy"
_SET: Final = "set"
_PUT_BACK: Final = "put-back"
_NONE: Final = timedelta()
_BASELINE: Final = {PASSWORD_ADDITION: "5.5", PASSWORD_LIFETIME: "5.6", KEY_LIFETIME: "5.7"}


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of `set_app_management_policy`; raises `InputInvalid` for a `created_after` that is no time."""

    block_passwords: bool = field(
        default=False, metadata={"help": "forbid new client secrets, which also stops rotate_app_secret"}
    )
    password_lifetime: timedelta = field(
        default=timedelta(days=181), metadata={"help": "longest life of a new client secret; PT0S leaves it as it is"}
    )
    certificate_lifetime: timedelta = field(
        default=timedelta(days=366), metadata={"help": "longest life of a new certificate; PT0S leaves it as it is"}
    )
    created_after: str = field(
        default="", metadata={"help": "only for applications created after this time (ISO 8601); empty for every one"}
    )

    def __post_init__(self) -> None:
        """Check the time where it is given, not in the middle of a plan."""
        since_of("", self.created_after)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What they ask for."""
        after = since_of("", self.created_after)
        asked = [
            (PASSWORDS, PASSWORD_ADDITION, None, self.block_passwords),
            (PASSWORDS, PASSWORD_LIFETIME, self.password_lifetime, self.password_lifetime > _NONE),
            (KEYS, KEY_LIFETIME, self.certificate_lifetime, self.certificate_lifetime > _NONE),
        ]
        return tuple(Rule(member, kind, longest, after) for member, kind, longest, on in asked if on)


class SetAppManagementPolicy:
    """Merges what is asked for into the policy; its inverse puts back the policy as it was."""

    name: ClassVar = "set_app_management_policy"
    summary: ClassVar = "restrict new secrets and certificates of applications for the whole tenant"
    phase: ClassVar = Phase.HARDEN
    undo_class: ClassVar = UndoClass.REVERSIBLE
    risk: ClassVar = Risk.HIGH
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.TENANT,)
    takes: ClassVar[frozenset[CredentialKind]] = frozenset()
    closes: ClassVar[frozenset[CredentialKind]] = frozenset()
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(graph=("Policy.ReadWrite.ApplicationConfiguration",))

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: policy: isEnabled and both sections of restrictions as Graph gives them."""
        return State({"policy": policy_of(await tenant.get(Read(_PATH)))})

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """The merged policy, or why none is due."""
        if not params.rules:
            return Skip("its parameters ask for no restriction", done=False)
        now = _policy(state.facts)
        merged = tightest(now, params.rules)
        if at_least(now, tightest({}, params.rules)):
            return Skip("the policy restricts at least this already")
        asked = "; ".join(rule.words for rule in params.rules)
        warnings = _warnings(now, merged, params.rules)
        summary = f"restrict credentials: {asked}"
        return _setting(target, state, params, operation=_SET, wanted=merged, summary=summary, warnings=warnings)

    async def apply(self, change: Change, run: Run) -> None:
        """One write of the whole policy, which may be repeated."""
        check_kind(change, self.targets)
        if {change.target.id, change.target.tenant_id} != {run.tenant.tenant_id}:
            raise not_planned("its target is another tenant")
        wanted = policy_of(object_of(change.work.get("policy"), "the planned policy"))
        if text_at(change.work, "operation") == _SET:
            _check_not_loosened(change, _policy((await self.observe(change.target, run.tenant)).facts), wanted)

        async def is_set() -> JsonObject | None:
            state = await self.observe(change.target, run.tenant)
            return {"isEnabled": flag_at(wanted, "isEnabled")} if self.holds(change, state) else None

        await run.write(Write("set", "PATCH", _PATH, _body(wanted)), is_set)

    def holds(self, change: Change, state: State) -> bool:
        """The policy restricts at least what was asked; or, put back, exactly what it did before."""
        wanted, now = object_of(change.work["policy"], "the planned policy"), _policy(state.facts)
        if text_at(change.work, "operation") == _SET:
            return at_least(now, wanted)
        return same_policy(now, wanted)

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """The policy as it was before."""
        if not self.holds(change, state):
            return CannotUndo("somebody has changed it since")
        before = object_of(change.before["policy"], "the policy before")
        params = parse_parameters(Params, change.params, self.name)
        setting = text_at(change.work, "operation") != _SET
        summary = "restrict credentials again" if setting else "put back the app management policy as it was"
        warnings = () if setting else ("what it forbade can be done again",)
        operation = _SET if setting else _PUT_BACK
        return _setting(
            change.target, state, params, operation=operation, wanted=before, summary=summary, warnings=warnings
        )


def _setting(
    target: Target,
    state: State,
    params: Params,
    *,
    operation: str,
    wanted: JsonObject,
    summary: str,
    warnings: Sequence[str],
) -> Change:
    now = state.facts["policy"]
    setting = operation == _SET
    baseline: JsonObject = {"baseline": _baseline(params)} if setting else {}
    return new_change(
        action=ACTION.name,
        phase=Phase.HARDEN if setting else Phase.RESTORE,
        target=target,
        state=state,
        params=parameters_json(params),
        work={"operation": operation, "policy": wanted},
        summary=summary,
        before={"policy": now},
        after={"policy": wanted, **baseline},
        preconditions=(Precondition("/policy", Comparison.EQUALS, now),),
        undo_class=UndoClass.REVERSIBLE,
        undo_note="undone by putting back the policy as it was" if setting else "undone by restricting again",
        risk=ACTION.risk,
        warnings=tuple(warnings),
    )


def _baseline(params: Params) -> str:
    """The rules of CISA's SCuBA baseline that the asked restrictions serve."""
    return ", ".join(f"SCuBA MS.AAD.{_BASELINE[rule.kind]}v1" for rule in params.rules)


def _policy(facts: JsonObject) -> JsonObject:
    return object_of(facts["policy"], "the app management policy")


def _check_not_loosened(change: Change, now: JsonObject, wanted: JsonObject) -> None:
    """Raise for a policy that would allow what the tenant's forbids, or that its parameters do not ask for."""
    try:
        params = parse_parameters(Params, change.params, ACTION.name)
    except InputInvalid as error:
        raise not_planned(error.message) from None
    loosened = flag_at(now, "isEnabled") is True and not at_least(wanted, now)
    if loosened or not at_least(wanted, tightest({}, params.rules)):
        raise not_planned("it would loosen the app management policy, or does not set what its parameters ask for")


def _body(policy: JsonObject) -> Body:
    sections: dict[str, Body] = {name: policy.get(name) for name in SECTIONS}
    return {"isEnabled": flag_at(policy, "isEnabled") is True, **sections}


def _warnings(now: JsonObject, merged: JsonObject, asked: Sequence[Rule]) -> list[str]:
    found = ["it is about new credentials: those that are there stay and still work"]
    if any(rule.kind == PASSWORD_ADDITION for rule in asked):
        found.append(
            "NO CLIENT SECRET CAN BE ADDED ANY MORE, ALSO NOT BY rotate_app_secret: what leaks after this is rotated "
            "with rotate_app_certificate (always: true) or goes without a new one"
        )
    if flag_at(now, "isEnabled") is not True:
        dormant = {rule.words for name in SECTIONS for rule in rules_in(now, name)}
        found += [f"the policy was off, and what it held takes effect too: {words}" for words in sorted(dormant)]
    stricter = {
        rule.words
        for name in SECTIONS
        for rule in rules_in(merged, name)
        if rule not in asked and rule not in rules_in(now, name)
    }
    found += [f"an existing rule was stricter in part, so the result is: {words}" for words in sorted(stricter)]
    found.append("an application with an app management policy of its own follows that one instead")
    return found


ACTION: Action = SetAppManagementPolicy()
