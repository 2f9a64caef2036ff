"""Eligible role assignments of the simulated Azure (Privileged Identity Management): listing."""

from __future__ import annotations

from azremediate.lab.arm_answers import arm_error, method_not_allowed, page
from azremediate.lab.arm_scopes import InvalidFilter, covers, parse_filter
from azremediate.lab.exchange import Answer, Request
from azremediate.lab.store import Store


def list_eligibilities(store: Store, request: Request, scope: str, page_size: int) -> Answer:
    """Answer GET {scope}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances."""
    if request.method != "GET":
        return method_not_allowed(request)
    if not store.premium:
        message = "The tenant needs an AAD Premium 2 license."
        return arm_error(400, "AadPremiumLicenseRequired", message)
    try:
        keep = parse_filter(request.options.get("$filter", ""), scope, store.groups_of)
    except InvalidFilter as error:
        return arm_error(400, "BadRequestFormat", str(error))
    every = store.azure.role_eligibilities.values()
    rows = [row for row in every if _concerns(str(row["properties"]["scope"]), scope) and keep(row)]
    return page(request, rows, page_size)


def _concerns(held: str, scope: str) -> bool:
    return covers(held, scope) or covers(scope, held)
