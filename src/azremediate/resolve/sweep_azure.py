"""Azure role assignments that were made since a time, in the subscriptions that the configuration names."""

from collections.abc import Sequence
from datetime import datetime

from azremediate.core.clock import iso
from azremediate.core.errors import FeatureMissing, SignInFailed, TenantError
from azremediate.core.foothold import Foothold, Severity
from azremediate.core.json_value import JsonObject, object_of, text_at
from azremediate.core.ports import TenantReader
from azremediate.resolve.looking import Looking
from azremediate.resolve.privileged_roles import PRIVILEGED_AZURE_ROLES
from azremediate.resolve.usage_report import time_of


async def sweep_azure(
    tenant: TenantReader, since: datetime, subscriptions: Sequence[str], looking: Looking
) -> list[Foothold]:
    """One finding for each new assignment; the same one seen from two subscriptions counts once."""
    found: dict[str, Foothold] = {}
    if not subscriptions:
        looking.limits.append("Azure role assignments: no subscription is configured (azure.subscriptions)")
    for subscription in subscriptions:
        what = f"Azure role assignments of subscription {subscription}"
        try:
            rows = await tenant.azure.role_assignments(f"/subscriptions/{subscription}")
            found |= {text_at(row, "id"): one for row in rows if (one := _finding(row, since)) is not None}
        except SignInFailed:
            raise
        except (TenantError, FeatureMissing) as error:
            looking.gap(what, error)
        else:
            looking.looked.append(what)
    return list(found.values())


def _finding(row: JsonObject, since: datetime) -> Foothold | None:
    properties = object_of(row.get("properties"), "the properties of a role assignment")
    when = time_of(text_at(properties, "createdOn"))
    if when is None or when < since:
        return None
    role = text_at(properties, "roleDefinitionId").lower().rpartition("/")[2]
    scope, name = text_at(properties, "scope"), PRIVILEGED_AZURE_ROLES.get(role, "")
    return Foothold(
        kind="azure-role-assigned",
        severity=Severity.CRITICAL if name and scope == "/" else Severity.HIGH if name else Severity.MEDIUM,
        object_kind=text_at(properties, "principalType"),
        object_id=text_at(properties, "principalId"),
        display_name="",
        summary=f"the Azure role {name or role} was assigned at {scope} at {iso(when)}",
        who_id=text_at(properties, "createdBy"),
        when=iso(when),
        evidence=(text_at(row, "id"),),
        details={"role": name or role, "scope": scope},
    )
