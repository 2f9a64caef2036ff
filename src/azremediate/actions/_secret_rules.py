"""What a tenant's app management policies say about new client secrets and new certificates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from azremediate.actions._reading import moment
from azremediate.actions._secrets import Holder
from azremediate.core.errors import InputInvalid, PermissionMissing, TenantError
from azremediate.core.json_value import JsonObject, flag_at, object_of, objects_at, text_at
from azremediate.core.parameters import parse_duration
from azremediate.core.ports import Read
from azremediate.core.target import TargetKind

_DEFAULT = "default-policy"
_OWN = "own-policies"

_FORBIDDING = ("passwordAddition", "trustedCertificateAuthority")
_LIMITING = ("passwordLifetime", "asymmetricKeyLifetime")
_RESTRICTIONS = {
    TargetKind.APPLICATION: "applicationRestrictions",
    TargetKind.SERVICE_PRINCIPAL: "servicePrincipalRestrictions",
}


@dataclass(frozen=True, slots=True)
class SecretRules:
    """Whether a new one is forbidden, how long it may live (None: no limit is known), and what was not readable."""

    forbidden: bool = False
    longest: timedelta | None = None
    not_read: str = ""


def policy_reads(holder: Holder) -> dict[str, Read]:
    """What to read for `secret_rules`, named."""
    reads = {_DEFAULT: Read("/policies/defaultAppManagementPolicy")}
    if holder.kind is TargetKind.APPLICATION:
        reads[_OWN] = Read(holder.path, {"$select": "id", "$expand": "appManagementPolicies"})
    return reads


def secret_rules(
    answers: Mapping[str, JsonObject | TenantError], holder: Holder, created: str, member: str = "passwordCredentials"
) -> SecretRules:
    """The rules for one object: its own enabled policy if it has one, else the tenant's default.

    `member` is keyCredentials for certificates; a self-signed one is forbidden where only trusted authorities count.

    `created` is when the object was made, empty when that is not known. A rule that may not apply to it or to us (it is
    for newer objects, or has exempt actors) is left to Graph, whose refusal is harmless. Raises `PermissionMissing`.
    """
    entries: list[JsonObject] = []
    problems: list[str] = []
    default, own = answers[_DEFAULT], answers.get(_OWN)
    for answer in (default, own):
        if isinstance(answer, PermissionMissing):
            raise answer
        if isinstance(answer, TenantError):
            problems.append(answer.message)
    attached = objects_at(own, "appManagementPolicies") if own and not isinstance(own, TenantError) else []
    if enabled := [policy for policy in attached if flag_at(policy, "isEnabled")]:
        entries = [entry for policy in enabled for entry in _entries(policy, "restrictions", member)]
    elif not isinstance(default, TenantError) and flag_at(default, "isEnabled"):
        entries = _entries(default, _RESTRICTIONS[holder.kind], member)
    return _rules([entry for entry in entries if _applies(entry, created)], "; ".join(problems))


def _entries(policy: JsonObject, name: str, member: str) -> list[JsonObject]:
    restrictions = policy.get(name)
    if restrictions is None:
        return []
    return objects_at(object_of(restrictions, name), member)


def _applies(entry: JsonObject, created: str) -> bool:
    if text_at(entry, "state", "enabled") != "enabled" or entry.get("excludeActors"):
        return False
    after = text_at(entry, "restrictForAppsCreatedAfterDateTime")
    if not after:
        return True
    return bool(created) and moment(created) > moment(after)


def _rules(entries: list[JsonObject], not_read: str) -> SecretRules:
    forbidden = any(text_at(entry, "restrictionType") in _FORBIDDING for entry in entries)
    limits = [
        limit
        for entry in entries
        if text_at(entry, "restrictionType") in _LIMITING and (limit := _duration(text_at(entry, "maxLifetime")))
    ]
    return SecretRules(forbidden, min(limits, default=None), not_read)


def _duration(text: str) -> timedelta | None:
    try:
        return parse_duration(text)
    except InputInvalid:
        return None  # years and months have no fixed length; Graph refuses what is too long
