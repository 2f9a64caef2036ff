"""The tenant itself: organization, domains, licences."""

from __future__ import annotations

from typing import Final

from azremediate.lab.clock import wire_time
from azremediate.lab.graph import permissions as need
from azremediate.lab.graph.call import Call, Listing, Route, Single
from azremediate.lab.graph.lookup import find_row
from azremediate.lab.objects import JsonObject
from azremediate.lab.schema.directory import DOMAIN, ORGANIZATION, SUBSCRIBED_SKU
from azremediate.lab.store import Store


def list_organization(call: Call) -> Listing:
    """GET /organization"""
    return Listing(ORGANIZATION, [_organization(call.store)], "organization")


def get_organization(call: Call) -> Single:
    """GET /organization/{id}"""
    row = _organization(call.store)
    return Single(ORGANIZATION, find_row({row["id"]: row}, call.keys[0]), "organization")


def list_domains(call: Call) -> Listing:
    """GET /domains"""
    return Listing(DOMAIN, [_domain(call.store)], "domains")


def get_domain(call: Call) -> Single:
    """GET /domains/{name}"""
    row = _domain(call.store)
    return Single(DOMAIN, find_row({row["id"]: row}, call.keys[0]), "domains")


def list_skus(call: Call) -> Listing:
    """GET /subscribedSkus"""
    skus = call.store.subscribed_skus.values() if call.store.premium else ()  # the demo tenant's only one is P2
    return Listing(SUBSCRIBED_SKU, skus, "subscribedSkus")


def _organization(store: Store) -> JsonObject:
    synced = any(user.get("onPremisesSyncEnabled") for user in store.users.values())
    return {
        "id": store.tenant_id,
        "displayName": store.display_name,
        "createdDateTime": wire_time(store.created) if store.created else None,
        "countryLetterCode": "US",
        "tenantType": "AAD",
        "mobileDeviceManagementAuthority": "unknown",
        "onPremisesSyncEnabled": True if synced else None,
        "technicalNotificationMails": [f"it-operations@{store.domain}"],
        "verifiedDomains": [
            {
                "capabilities": "Email, OfficeCommunicationsOnline",
                "isDefault": True,
                "isInitial": True,
                "name": store.domain,
                "type": "Managed",
            }
        ],
    }


def _domain(store: Store) -> JsonObject:
    return {
        "id": store.domain,
        "authenticationType": "Managed",
        "isAdminManaged": True,
        "isDefault": True,
        "isInitial": True,
        "isRoot": True,
        "isVerified": True,
        "supportedServices": ["Email", "OfficeCommunicationsOnline"],
        "passwordNotificationWindowInDays": 14,
        "passwordValidityPeriodInDays": 2147483647,
    }


ROUTES: Final = (
    Route("GET", "/organization", list_organization, need.ORGANIZATION_READ),
    Route("GET", "/organization/{id}", get_organization, need.ORGANIZATION_READ),
    Route("GET", "/domains", list_domains, need.DOMAIN_READ),
    Route("GET", "/domains/{id}", get_domain, need.DOMAIN_READ),
    Route("GET", "/subscribedSkus", list_skus, need.SKU_READ),
)
