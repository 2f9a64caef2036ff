"""The targets of planned changes as the tenant has them now, so that guards need not believe a plan's own words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from azremediate.core.change import Change
from azremediate.core.errors import ObjectMissing, PermissionMissing, SignInFailed, TenantError
from azremediate.core.json_value import JsonObject, flag_at, objects_at, text_at
from azremediate.core.ports import Read, TenantReader
from azremediate.core.target import Target, TargetKind
from azremediate.resolve import lookup

_COLLECTIONS = {
    TargetKind.APPLICATION: lookup.APPLICATIONS,
    TargetKind.SERVICE_PRINCIPAL: lookup.SERVICE_PRINCIPALS,
    TargetKind.USER: lookup.USERS,
}
_FIELDS = {
    TargetKind.APPLICATION: "id,appId,displayName",
    TargetKind.SERVICE_PRINCIPAL: "id,appId,displayName,servicePrincipalType,appOwnerOrganizationId",
    TargetKind.USER: "id,displayName,userPrincipalName,userType,onPremisesSyncEnabled",
}
_OTHER_HALF = {
    TargetKind.APPLICATION: TargetKind.SERVICE_PRINCIPAL,
    TargetKind.SERVICE_PRINCIPAL: TargetKind.APPLICATION,
}

Looked: TypeAlias = "JsonObject | TenantError"


async def current_targets(tenant: TenantReader, changes: Sequence[Change]) -> dict[str, Target | TenantError]:
    """For each change, by its id, its target with the ids, names, type and owner of now, or why that is not known.

    An object that is gone has no entry, nor has the tenant as a whole. Needs the permissions that `identity` declares.
    Raises `PermissionMissing` and `SignInFailed`.
    """
    wanted = {_key(change.target): change.target for change in changes if change.target.kind in _COLLECTIONS}
    found = await _look(tenant, {key: _by_id(target) for key, target in wanted.items()})
    others = await _look(tenant, {key: read for key, row in found.items() if (read := _other_half(key[0], row))})
    current: dict[str, Target | TenantError] = {}
    for change in changes:
        key = _key(change.target)
        row, other = found.get(key), others.get(key, {})
        if row is None or isinstance(row, ObjectMissing):
            continue
        if isinstance(row, TenantError):
            current[change.change_id] = row
        elif isinstance(other, TenantError):
            current[change.change_id] = other
        else:
            current[change.change_id] = _current(change.target, row, next(iter(objects_at(other, "value")), {}))
    return current


_Key: TypeAlias = tuple[TargetKind, str]


def _key(target: Target) -> _Key:
    return target.kind, target.id.lower()


async def _look(tenant: TenantReader, reads: Mapping[_Key, Read | TenantError]) -> dict[_Key, Looked]:
    asked = {key: read for key, read in reads.items() if isinstance(read, Read)}
    results: dict[_Key, Looked] = {key: read for key, read in reads.items() if isinstance(read, TenantError)}
    answers = await tenant.batch(list(asked.values())) if asked else ()
    for key, answer in zip(asked, answers, strict=True):
        if isinstance(answer, PermissionMissing | SignInFailed):
            raise answer
        results[key] = answer
    return results


def _by_id(target: Target) -> Read | TenantError:
    if lookup.form_of(target.id) is not lookup.Form.ID:
        return TenantError("the plan names an object by something that is no object id")
    return Read(f"{_COLLECTIONS[target.kind]}/{target.id}", {"$select": _FIELDS[target.kind]})


def _other_half(kind: TargetKind, row: Looked) -> Read | None:
    other = _OTHER_HALF.get(kind)
    app_id = "" if isinstance(row, TenantError) else text_at(row, "appId")
    if other is None or not app_id:
        return None
    return Read(_COLLECTIONS[other], {"$filter": f"appId eq {lookup.quoted(app_id)}", "$select": _FIELDS[other]})


def _current(target: Target, row: JsonObject, other: JsonObject) -> Target:
    seen = replace(target, id=text_at(row, "id"), display_name=text_at(row, "displayName"))
    if target.kind is TargetKind.USER:
        name = text_at(row, "userPrincipalName")
        return replace(
            seen,
            user_principal_name=name,
            display_name=seen.display_name or name,
            on_premises=flag_at(row, "onPremisesSyncEnabled") is True,
            guest=text_at(row, "userType") == "Guest" or "#EXT#" in name.upper(),
        )
    application, principal = (row, other) if target.kind is TargetKind.APPLICATION else (other, row)
    return replace(
        seen,
        app_id=text_at(row, "appId").lower(),
        application_id=text_at(application, "id"),
        service_principal_id=text_at(principal, "id"),
        service_principal_type=text_at(principal, "servicePrincipalType"),
        owner_tenant_id=text_at(principal, "appOwnerOrganizationId").lower(),
    )
