"""What azremediate's report-only policies would have done to the sign-ins since they report."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from azremediate.core.clock import iso
from azremediate.core.concurrency import at_once
from azremediate.core.errors import FeatureMissing, PermissionMissing, SignInFailed, TenantError
from azremediate.core.json_value import JsonObject, objects_at, text_at
from azremediate.core.ports import Read, TenantReader
from azremediate.core.privilege import Measured, Person
from azremediate.resolve import lookup

_POLICIES = "/identity/conditionalAccess/policies"
_REPORT_ONLY = "enabledForReportingButNotEnforced"
_OURS = "azr-"
_SIGN_INS = "/auditLogs/signIns"
_KEPT = timedelta(days=30)
"""How long Entra ID keeps sign-ins with a P1 licence."""
_LEGACY = (
    *("Authenticated SMTP", "AutoDiscover", "Exchange ActiveSync", "Exchange Online PowerShell"),
    *("Exchange Web Services", "IMAP4", "MAPI Over HTTP", "Offline Address Book", "Other clients"),
    *("Outlook Anywhere (RPC over HTTP)", "POP3", "Reporting Web Services"),
)
"""Legacy clients as sign-ins name them. Source: Microsoft Learn, "Block legacy authentication"."""


async def measured(tenant: TenantReader, people: Sequence[Person], now: datetime) -> tuple[Measured, ...]:
    """One result for each of our report-only policies; raises `PermissionMissing`, all else is a gap of the result."""
    try:
        policies = await lookup.every(tenant, Read(_POLICIES))
    except FeatureMissing:
        return ()
    since = {
        text_at(policy, "id"): datetime.fromisoformat(
            text_at(policy, "modifiedDateTime") or text_at(policy, "createdDateTime")
        )
        for policy in policies
        if text_at(policy, "state") == _REPORT_ONLY and text_at(policy, "displayName").startswith(_OURS)
    }
    if not since:
        return ()
    ages = {policy: max((now - begun).total_seconds(), 0) / 86400 for policy, begun in since.items()}
    try:
        sign_ins = await _sign_ins(tenant, people, max(min(since.values()), now - _KEPT))
    except (PermissionMissing, SignInFailed):
        raise
    except (TenantError, FeatureMissing) as error:
        return tuple(Measured(policy, days, 0, gap=error.message) for policy, days in ages.items())
    return tuple(_judged(policy, days, since[policy], sign_ins) for policy, days in ages.items())


async def _sign_ins(tenant: TenantReader, people: Sequence[Person], since: datetime) -> list[JsonObject]:
    """Sign-ins of these people, and those by legacy clients, each once.

    Graph cannot filter sign-ins by the policies that applied to them.
    """
    start = f"createdDateTime ge {iso(since)}"
    legacy = " or ".join(f"clientAppUsed eq {lookup.quoted(client)}" for client in _LEGACY)
    filters = [f"{start} and ({legacy})", *(f"{start} and userId eq {lookup.quoted(one.id)}" for one in people)]
    found = await at_once(lookup.every(tenant, Read(_SIGN_INS, {"$filter": wanted})) for wanted in filters)
    return list({text_at(row, "id"): row for rows in found for row in rows}.values())


def _judged(policy: str, days: float, begun: datetime, sign_ins: Sequence[JsonObject]) -> Measured:
    results: Counter[str] = Counter()
    refused: dict[str, None] = {}
    for sign_in in sign_ins:
        if datetime.fromisoformat(text_at(sign_in, "createdDateTime")) < begun:
            continue
        for applied in objects_at(sign_in, "appliedConditionalAccessPolicies"):
            if text_at(applied, "id") != policy:
                continue
            result = text_at(applied, "result")
            results[result] += 1
            if result == "reportOnlyFailure":
                refused[text_at(sign_in, "userPrincipalName") or text_at(sign_in, "userId")] = None
    judged = sum(results[name] for name in ("reportOnlySuccess", "reportOnlyFailure", "reportOnlyInterrupted"))
    return Measured(policy, round(days, 2), judged, tuple(refused), results["reportOnlyInterrupted"])
