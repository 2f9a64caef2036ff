"""Privileged Identity Management for groups: who is eligible to become member or owner of a group."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_plus

from azremediate.lab.graph import permissions as need
from azremediate.lab.graph.call import Call, Listing, Route
from azremediate.lab.graph.errors import GraphError, bad_request
from azremediate.lab.schema.policies import GROUP_ELIGIBILITY_INSTANCE

_CONTEXT: Final = "identityGovernance/privilegedAccess/group/eligibilityScheduleInstances"
_ASKS_FOR_ONE: Final = re.compile(r"\$filter=[^&]*\b(groupId|principalId) eq '", re.IGNORECASE)


def list_eligibility(call: Call) -> Listing:
    """GET /identityGovernance/privilegedAccess/group/eligibilityScheduleInstances; of one group or one principal."""
    if not call.store.premium:
        message = "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license."
        raise GraphError(400, "AadPremiumLicenseRequired", message)
    if not _ASKS_FOR_ONE.search(unquote_plus(call.query)):
        raise bad_request("The request is missing a filter on groupId or principalId.")
    return Listing(GROUP_ELIGIBILITY_INSTANCE, call.store.group_eligibility.values(), _CONTEXT)


ROUTES: Final = (Route("GET", f"/{_CONTEXT}", list_eligibility, need.GROUP_ELIGIBILITY_READ),)
