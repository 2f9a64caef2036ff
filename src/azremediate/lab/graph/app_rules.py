"""What the tenant's app management policies refuse of new credentials."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from azremediate.lab.clock import parse_time
from azremediate.lab.graph.call import Call
from azremediate.lab.graph.errors import GraphError
from azremediate.lab.objects import JsonObject

_DAYS: Final = re.compile(r"P(\d+)D(?:T0S)?")
_LIFETIMES: Final = frozenset({"passwordLifetime", "asymmetricKeyLifetime"})


def check_rules(call: Call, owner: JsonObject, noun: str, member: str, life: timedelta) -> None:
    """Refuse a new credential; `member` is passwordCredentials or keyCredentials, `noun` the owner's type.

    An enabled policy of the application itself stands in place of the tenant's default. The error codes are not
    documented; they are those seen in the field.
    """
    for rule in _rules(call, owner, noun, member):
        if rule.get("state", "enabled") != "enabled" or not _concerns(rule, owner):
            continue
        if rule["restrictionType"] == "passwordAddition":
            message = "Credential type not allowed as per assigned policy."
            raise GraphError(400, "CredentialTypeNotAllowedAsPerAppPolicy", message)
        limit = _DAYS.fullmatch(rule.get("maxLifetime") or "")
        if rule["restrictionType"] in _LIFETIMES and limit and life > timedelta(days=int(limit[1])):
            message = "Credential lifetime exceeds the max value allowed as per assigned policy."
            raise GraphError(400, "CredentialInvalidLifetimeAsPerAppPolicy", message)


def check_restrictions(section: object) -> None:
    """Refuse a section of a policy whose rules say nothing, say it twice, or limit a lifetime to nothing."""
    for member in ("passwordCredentials", "keyCredentials"):
        seen: set[str] = set()
        for rule in (section.get(member) if isinstance(section, dict) else None) or []:
            kind = rule.get("restrictionType")
            if not kind or kind in seen or (kind in _LIFETIMES and not rule.get("maxLifetime")):
                raise GraphError(400, "BadRequest", f"Invalid restriction of type '{kind}' in {member}.")
            seen.add(kind)


def _rules(call: Call, owner: JsonObject, noun: str, member: str) -> Iterator[JsonObject]:
    own = [policy for policy in call.store.app_management.get(owner["id"], []) if policy.get("isEnabled")]
    default = call.store.policies.get("defaultAppManagementPolicy", {})
    restrictions = [policy.get("restrictions") for policy in own]
    if not own and default.get("isEnabled"):
        restrictions = [default.get(f"{noun}Restrictions")]
    for part in restrictions:
        yield from (part or {}).get(member) or []


def _concerns(rule: JsonObject, owner: JsonObject) -> bool:
    after, created = rule.get("restrictForAppsCreatedAfterDateTime"), owner.get("createdDateTime")
    return not after or (created is not None and parse_time(created) > parse_time(after))
