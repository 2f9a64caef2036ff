"""Who still tries to sign in as a disabled application: somebody who needs it, or somebody who stole its secret."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from azremediate.core.clock import iso
from azremediate.core.errors import FeatureMissing, SignInFailed, TenantError
from azremediate.core.foothold import Foothold, Severity
from azremediate.core.json_value import JsonObject, text_at
from azremediate.core.ports import Read, TenantReader, Version
from azremediate.resolve import lookup
from azremediate.resolve.looking import Looking
from azremediate.resolve.usage_report import time_of

_SIGN_INS: Final = "/auditLogs/signIns"
_DISABLED: Final = 7000112
"""AADSTS7000112: the application is disabled. Source: known in the field, not in Microsoft's published list."""

_WHAT: Final = "sign-ins of disabled applications"


async def sweep_sign_ins(tenant: TenantReader, since: datetime, looking: Looking) -> list[Foothold]:
    """One finding for each disabled application that was refused since a time; raises `SignInFailed` only."""
    wanted = (
        f"createdDateTime ge {iso(since)} and status/errorCode eq {_DISABLED} "
        "and signInEventTypes/any(t: t eq 'servicePrincipal')"
    )
    try:
        rows = await lookup.every(tenant, Read(_SIGN_INS, {"$filter": wanted}, version=Version.BETA))
        disabled = {
            text_at(row, "id").lower()
            for row in await lookup.every(
                tenant,
                Read(lookup.SERVICE_PRINCIPALS, {"$filter": "accountEnabled eq false", "$select": "id", "$top": "999"}),
            )
        }
    except SignInFailed:
        raise
    except (TenantError, FeatureMissing) as error:
        looking.gap(_WHAT, error)
        return []
    looking.looked.append(_WHAT)
    groups: dict[str, list[JsonObject]] = {}
    for row in rows:
        groups.setdefault(text_at(row, "servicePrincipalId").lower(), []).append(row)
    return [_finding(found) for principal_id, found in groups.items() if principal_id in disabled]


def _finding(rows: Sequence[JsonObject]) -> Foothold:
    times = sorted(when for row in rows if (when := time_of(text_at(row, "createdDateTime"))) is not None)
    first, name = rows[0], text_at(rows[0], "servicePrincipalName") or text_at(rows[0], "appDisplayName")
    addresses = sorted({text_at(row, "ipAddress") for row in rows} - {""})
    return Foothold(
        kind="disabled-application-sign-in",
        severity=Severity.MEDIUM,
        object_kind="servicePrincipal",
        object_id=text_at(first, "servicePrincipalId"),
        display_name=name,
        summary=(
            f"{len(rows)} sign-ins as the disabled application {name} were refused: if that is whoever needs it, "
            "enable it again"
        ),
        when=iso(times[-1]) if times else "",
        evidence=tuple(text_at(row, "id") for row in rows[:10]),
        proposes="enable_service_principal",
        details={"appId": text_at(first, "appId").lower(), "addresses": addresses[:20], "refused": len(rows)},
    )
