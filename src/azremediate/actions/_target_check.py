"""Refuses to make a change whose plan names another object than the one that the guards judged.

A plan is a file: whoever can alter it can also seal it again. What an action writes to is therefore held against the
target, which the guards judge, and the target against what the directory says of it now.
"""

from collections.abc import Iterable, Mapping

from azremediate.core.change import Change
from azremediate.core.errors import ChangeFailed, TenantError
from azremediate.core.json_value import Json, JsonObject, text_at
from azremediate.core.target import MICROSOFT_TENANTS, Target, TargetKind


def not_planned(what: str) -> ChangeFailed:
    """The error for a change that no planner makes; `what` says what is wrong with it."""
    return ChangeFailed(
        f"refused, nothing was written: {what}",
        hint="somebody altered the plan, or the object was replaced: make a new plan, and find out which",
    )


def check_kind(change: Change, kinds: Iterable[TargetKind]) -> None:
    """Raise unless the target is of a kind that the action takes: guards judge a target by its kind."""
    if change.target.kind not in kinds:
        raise not_planned(f"{change.action} takes no target of kind {change.target.kind}")


def check_work(change: Change, **expected: Json) -> None:
    """Raise unless the members of the change's work are those that its target gives."""
    for name, value in expected.items():
        if change.work.get(name) != value:
            raise not_planned(f"the plan's {name} does not belong to its target")


def check_identity(target: Target, answers: Mapping[str, JsonObject | TenantError]) -> None:
    """Raise unless the directory's objects, by kind, are the target's and not Microsoft's or a managed identity's.

    An object that could not be read is left to whoever needs it.
    """
    ids = {TargetKind.APPLICATION: target.application_id, TargetKind.SERVICE_PRINCIPAL: target.service_principal_id}
    for kind, known in ids.items():
        answer = answers.get(kind.value)
        if answer is None or isinstance(answer, TenantError):
            continue
        named = known or target.id
        if text_at(answer, "id").lower() != named.lower() or not _same_app(target, answer):
            raise not_planned(f"the {kind} {named} is not the one that the plan describes")
        check_owner(answer)


def check_owner(principal: JsonObject) -> None:
    """Raise when the directory says that this is Microsoft's own application or a managed identity."""
    if text_at(principal, "appOwnerOrganizationId").lower() in MICROSOFT_TENANTS:
        raise not_planned("it is Microsoft's own application")
    if text_at(principal, "servicePrincipalType") == "ManagedIdentity":
        raise not_planned("it is a managed identity, whose life belongs to an Azure resource")


def _same_app(target: Target, answer: JsonObject) -> bool:
    return text_at(answer, "appId").lower() == target.app_id.lower()
