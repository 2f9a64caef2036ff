"""A small directory: applications with and without service principals, of this tenant and of others, and users."""

from datetime import timedelta
from typing import Any

from azremediate.core.clock import iso
from azremediate.core.credential import CompromisedCredential, CredentialKind
from tests.fakes import START, TENANT_ID, FakeTenant

MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
VENDOR = "99999999-0000-4000-8000-000000000009"


def app_id(number: int) -> str:
    """The appId of an application."""
    return f"bbbbbbbb-0000-4000-8000-{number:012d}"


def application_id(number: int) -> str:
    """The object id of an application."""
    return f"aaaaaaaa-0000-4000-8000-{number:012d}"


def principal_id(number: int) -> str:
    """The object id of its service principal."""
    return f"cccccccc-0000-4000-8000-{number:012d}"


def user_id(number: int) -> str:
    """The object id of a user."""
    return f"dddddddd-0000-4000-8000-{number:012d}"


def key_id(number: int) -> str:
    """The key id of the secret on an application."""
    return f"eeeeeeee-0000-4000-8000-{number:012d}"


def _application(number: int, name: str, days: int = 400) -> dict[str, Any]:
    end = iso(START + timedelta(days=10))
    return {
        "id": application_id(number),
        "appId": app_id(number),
        "displayName": name,
        "createdDateTime": iso(START - timedelta(days=days)),
        "passwordCredentials": [{"keyId": key_id(number), "hint": "abc", "endDateTime": end}],
        "keyCredentials": [],
    }


def _principal(number: int, name: str, owner: str | None = TENANT_ID, kind: str = "Application") -> dict[str, Any]:
    return {
        "id": principal_id(number),
        "appId": app_id(number),
        "displayName": name,
        "servicePrincipalType": kind,
        "appOwnerOrganizationId": owner,
        "accountEnabled": True,
        "passwordCredentials": [],
        "keyCredentials": [],
    }


def _user(number: int, upn: str, name: str, **values: Any) -> dict[str, Any]:
    return {
        "id": user_id(number),
        "userPrincipalName": upn,
        "displayName": name,
        "userType": "Member",
        "accountEnabled": True,
        "onPremisesSyncEnabled": None,
        **values,
    }


def a_directory() -> FakeTenant:
    """1 both halves; 2 application alone; 3 and 4 same name; 5 vendor's; 6 vendor's with a secret here; 7 Microsoft's;
    8 managed identity; 9 young."""
    tenant = FakeTenant()
    ours = [(1, "Payroll"), (2, "Alone"), (3, "Data Portal"), (4, "data portal"), (9, "O'Brien's app")]
    vendor = _principal(6, "Vendor with a secret here", VENDOR)
    vendor["passwordCredentials"] = [{"keyId": key_id(6), "hint": "v1x", "endDateTime": None}]
    tenant.collections = {
        "/applications": [_application(number, name, 10 if number == 9 else 400) for number, name in ours],
        "/servicePrincipals": [
            *(_principal(number, name) for number, name in ours if number != 2),
            _principal(5, "Vendor", VENDOR),
            vendor,
            _principal(7, "Microsoft Graph", MICROSOFT),
            _principal(8, "vm-build", None, "ManagedIdentity"),
        ],
        "/users": [
            _user(1, "amira@contoso.test", "Amira"),
            _user(2, "o'neil@contoso.test", "O'Neil", onPremisesSyncEnabled=True),
            _user(3, "kim_home.test#EXT#@contoso.test", "Kim", userType="Guest"),
            _user(4, "sam@contoso.test", "Sam"),
            _user(5, "sam2@contoso.test", "Sam", accountEnabled=False),
        ],
    }
    return tenant


def row(identity: str, kind: CredentialKind = CredentialKind.CLIENT_SECRET, key: str = "") -> CompromisedCredential:
    """A row of a credential list."""
    return CompromisedCredential(kind, identity, key_id=key)
