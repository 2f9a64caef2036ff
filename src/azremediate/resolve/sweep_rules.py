"""Which events of the directory's audit log may be somebody staying in, and how serious each is.

Activity names: https://learn.microsoft.com/entra/identity/monitoring-health/reference-audit-activities. They are
compared by their words alone, because Microsoft writes the same name with different dashes and spaces.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from azremediate.core.foothold import Severity
from azremediate.core.json_value import JsonObject, objects_at, text_at

_NO_WORD: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of finding. starts: how the activity's words begin. changes: properties of which one has to be changed."""

    kind: str
    severity: Severity
    starts: tuple[str, ...]
    changes: tuple[str, ...] = ()
    proposes: str = ""


RULES: Final[Sequence[Rule]] = (
    Rule(
        "credential-added",
        Severity.HIGH,
        ("add service principal credentials", "update application certificates and secrets management"),
    ),
    Rule("federated-credential", Severity.HIGH, ("update application",), ("federatedidentitycredentials",)),
    Rule("redirect-changed", Severity.MEDIUM, ("update application",), ("appaddress", "replyurls", "redirecturis")),
    Rule("owner-added", Severity.HIGH, ("add owner to application", "add owner to service principal")),
    Rule(
        "access-granted",
        Severity.HIGH,
        (
            "consent to application",
            "add delegated permission grant",
            "add app role assignment to service principal",
            "add app role assignment grant to user",
        ),
    ),
    Rule(
        "role-assigned",
        Severity.CRITICAL,
        (
            "add member to role",
            "add eligible member to role",
            "add scoped member to role",
            "add role definition",
            "update role definition",
        ),
    ),
    Rule("member-added", Severity.LOW, ("add member to group", "add owner to group")),
    Rule(
        "policy-changed",
        Severity.HIGH,
        (
            "add conditional access policy",
            "update conditional access policy",
            "delete conditional access policy",
            "add named location",
            "update named location",
            "delete named location",
            "update security defaults",
            "authentication methods policy update",
            "update authorization policy",
            "add policy",
            "update policy",
        ),
    ),
    Rule(
        "method-registered",
        Severity.HIGH,
        (
            "user registered security info",
            "user registered all required security info",
            "admin registered security info",
            "add strong authentication phone app detail",
        ),
    ),
    Rule("device-registered", Severity.MEDIUM, ("add device", "register device", "add registered owner to device")),
    Rule(
        "domain-changed",
        Severity.CRITICAL,
        (
            "set federation settings on domain",
            "set domain authentication",
            "add unverified domain",
            "add verified domain",
            "verify domain",
        ),
    ),
    Rule(
        "cross-tenant-changed",
        Severity.HIGH,
        (
            "add a partner to cross tenant access setting",
            "update a partner cross tenant access setting",
            "update the default cross tenant access setting",
            "update company settings",
        ),
    ),
    Rule(
        "principal-created",
        Severity.MEDIUM,
        ("add application", "add service principal", "add user", "invite external user"),
    ),
    Rule("enabled-again", Severity.MEDIUM, ("enable account", "enable service principal")),
    Rule("restored", Severity.MEDIUM, ("restore application", "restore user", "restore service principal")),
    Rule("password-reset", Severity.MEDIUM, ("reset user password", "reset password by admin")),
)
"""In the order in which they are tried; the first that fits counts."""

_EXACT: Final = frozenset(
    {"add application", "add service principal", "add user", "update application", "add device", "add policy"}
)
"""Beginnings of longer names that mean something else, so that the whole name has to be these words."""


def rule_for(event: JsonObject) -> Rule | None:
    """The rule that an event falls under; None for what is no way to stay in."""
    words = words_of(text_at(event, "activityDisplayName"))
    changed = _changed(event)
    for rule in RULES:
        if not any(words == start if start in _EXACT else words.startswith(start) for start in rule.starts):
            continue
        if not rule.changes or any(name in changed for name in rule.changes):
            return rule
    return None


def words_of(text: str) -> str:
    """A name as its words in lower case, joined by single spaces."""
    return _NO_WORD.sub(" ", text.lower()).strip()


def _changed(event: JsonObject) -> frozenset[str]:
    """The names of the properties that an event gave a new value, in lower case without anything but letters."""
    names = set()
    for target in objects_at(event, "targetResources"):
        for change in objects_at(target, "modifiedProperties"):
            if text_at(change, "newValue") not in ("", "null", "[]", '""'):
                names.add(words_of(text_at(change, "displayName")).replace(" ", ""))
    return frozenset(names)
