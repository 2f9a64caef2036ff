"""Findings from what the tenant has now and Graph dates: credentials, applications, users, app roles and policies."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from azremediate.core.clock import iso
from azremediate.core.credential import CredentialKind
from azremediate.core.errors import FeatureMissing, SignInFailed, TenantError
from azremediate.core.foothold import Foothold, Listed, Severity
from azremediate.core.json_value import JsonObject, objects_at, text_at
from azremediate.core.ports import Read, TenantReader
from azremediate.core.target import MICROSOFT_TENANTS
from azremediate.resolve import lookup
from azremediate.resolve.looking import Looking
from azremediate.resolve.usage_report import time_of

_PAGE: Final = {"$top": "999"}
_HOLDER: Final = "id,appId,displayName,passwordCredentials,keyCredentials"
_CREDENTIALS: Final = {
    "passwordCredentials": (CredentialKind.CLIENT_SECRET, "client secret"),
    "keyCredentials": (CredentialKind.CERTIFICATE, "certificate"),
}
_POLICIES: Final = "/identity/conditionalAccess/policies"
_GRAPH: Final = "00000003-0000-0000-c000-000000000000"
_ESCALATING: Final[Mapping[str, str]] = {
    "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9": "Application.ReadWrite.All",
    "06b708a9-e830-4db3-a914-8e69da51d44f": "AppRoleAssignment.ReadWrite.All",
    "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8": "RoleManagement.ReadWrite.Directory",
    "19dbc75e-c2e2-444c-a770-ec69d8559fc7": "Directory.ReadWrite.All",
    "741f803b-c850-494e-b5df-cde7c675a1ca": "User.ReadWrite.All",
    "e2a3a72e-5f79-4c64-b1b1-878b674786c9": "Mail.ReadWrite",
    "75359482-378d-4052-8f01-80520e7db3cd": "Files.ReadWrite.All",
    "a82116e5-55eb-4c41-a434-62fe8a61c773": "Sites.FullControl.All",
    "01c0a623-fc9b-48e9-b794-0756f8e8f067": "Policy.ReadWrite.ConditionalAccess",
    "50483e42-d915-4231-9639-7fdb7fd190e5": "UserAuthenticationMethod.ReadWrite.All",
    "8e8e4742-1d95-4f68-9d56-6ee75648c72a": "DelegatedPermissionGrant.ReadWrite.All",
    "a402ca1c-2696-4531-972d-6e5ee4aa11ea": "Policy.ReadWrite.PermissionGrant",
    "7e05723c-0bb0-42da-be95-ae9f08a6e53c": "Domain.ReadWrite.All",
    "cc117bb9-00cf-4eb8-b580-ea2a878fe8f7": "User-PasswordProfile.ReadWrite.All",
    "810c84a8-4a9e-49e6-bf7d-12d183f40d01": "Mail.Read",
}
"""App roles of Microsoft Graph that give more, or every mailbox. Source: ScubaGear's RiskyAppPermissions.json."""

Judge: TypeAlias = Callable[[JsonObject, datetime], Iterable[Foothold]]


@dataclass(frozen=True, slots=True)
class _Place:
    """A collection to read, what it is in words, and what in its objects is a finding."""

    what: str
    read: Read
    judge: Judge


async def sweep_state(tenant: TenantReader, since: datetime, looking: Looking) -> list[Foothold]:
    """Everything dated since a time; a place that cannot be read is a gap. Raises `SignInFailed` only."""
    found: list[Foothold] = []
    for place in _places():
        try:
            rows = await lookup.every(tenant, place.read)
            found += [finding for row in rows for finding in place.judge(row, since)]
        except SignInFailed:
            raise
        except (TenantError, FeatureMissing) as error:
            looking.gap(place.what, error)
        else:
            looking.looked.append(place.what)
    return found


def _places() -> tuple[_Place, ...]:
    owner = "servicePrincipalType,appOwnerOrganizationId"
    return (
        _Place(
            "credentials and creation of applications",
            Read(lookup.APPLICATIONS, {"$select": f"{_HOLDER},createdDateTime", **_PAGE}),
            lambda row, since: (*_credentials("application", row, since), *_created("application", row, since)),
        ),
        _Place(
            "credentials of service principals",
            Read(lookup.SERVICE_PRINCIPALS, {"$select": f"{_HOLDER},{owner}", **_PAGE}),
            lambda row, since: _credentials("servicePrincipal", row, since),
        ),
        _Place(
            "creation of users",
            Read(lookup.USERS, {"$select": "id,displayName,userPrincipalName,userType,createdDateTime", **_PAGE}),
            lambda row, since: _created("user", row, since),
        ),
        _Place(
            "app roles of Microsoft Graph",
            Read(f"/servicePrincipals(appId='{_GRAPH}')/appRoleAssignedTo", {"$top": "999"}),
            _app_role,
        ),
        _Place("Conditional Access policies", Read(_POLICIES), _policy),
    )


def _since(text: str, since: datetime) -> str:
    """The time in a form of our own when it is not before `since`; empty for an earlier one and for none."""
    when = time_of(text)
    return iso(when) if when is not None and when >= since else ""


def _credentials(holder_kind: str, row: JsonObject, since: datetime) -> Iterator[Foothold]:
    foreign = text_at(row, "appOwnerOrganizationId").lower() in MICROSOFT_TENANTS
    for member, (kind, noun) in _CREDENTIALS.items():
        for credential in objects_at(row, member):
            when = _since(text_at(credential, "startDateTime"), since)
            # a service principal's own signing certificates renew themselves and are no way in
            if not when or text_at(credential, "usage") == "Sign":
                continue
            key_id, app_id = text_at(credential, "keyId"), text_at(row, "appId").lower()
            whose = " of Microsoft's own" if foreign else ""
            yield Foothold(
                kind="credential-added",
                severity=Severity.CRITICAL if foreign else Severity.HIGH,
                object_kind=holder_kind,
                object_id=text_at(row, "id"),
                display_name=text_at(row, "displayName"),
                summary=f"a {noun} of the {holder_kind}{whose} is valid since {when}: {text_at(row, 'displayName')}",
                when=when,
                evidence=(f"{holder_kind}s/{text_at(row, 'id')}#{member}/{key_id}",),
                proposes="remove_app_secret" if kind is CredentialKind.CLIENT_SECRET else "",
                listed=Listed(kind, app_id, key_id),
                details={"appId": app_id, "keyId": key_id, "name": text_at(credential, "displayName")},
            )


def _created(kind: str, row: JsonObject, since: datetime) -> Iterator[Foothold]:
    when = _since(text_at(row, "createdDateTime"), since)
    if not when:
        return
    name = text_at(row, "userPrincipalName") or text_at(row, "displayName")
    yield Foothold(
        kind="principal-created",
        severity=Severity.MEDIUM,
        object_kind=kind,
        object_id=text_at(row, "id"),
        display_name=text_at(row, "displayName"),
        summary=f"{kind} created at {when}: {name}",
        when=when,
        evidence=(f"{kind}s/{text_at(row, 'id')}",),
        details={"appId": text_at(row, "appId").lower(), "userType": text_at(row, "userType")},
    )


def _app_role(row: JsonObject, since: datetime) -> Iterator[Foothold]:
    when = _since(text_at(row, "createdDateTime"), since)
    if not when:
        return
    role = _ESCALATING.get(text_at(row, "appRoleId").lower(), "")
    name = text_at(row, "principalDisplayName")
    yield Foothold(
        kind="access-granted",
        severity=Severity.CRITICAL if role else Severity.HIGH,
        object_kind=text_at(row, "principalType"),
        object_id=text_at(row, "principalId"),
        display_name=name,
        summary=f"{name} was given {role or 'a permission'} of Microsoft Graph at {when}",
        when=when,
        evidence=(f"appRoleAssignments/{text_at(row, 'id')}",),
        details={"appRoleId": text_at(row, "appRoleId"), "permission": role},
    )


def _policy(row: JsonObject, since: datetime) -> Iterator[Foothold]:
    changed = _since(text_at(row, "modifiedDateTime"), since)
    when = changed or _since(text_at(row, "createdDateTime"), since)
    if not when:
        return
    name = text_at(row, "displayName")
    yield Foothold(
        kind="policy-changed",
        severity=Severity.HIGH,
        object_kind="conditionalAccessPolicy",
        object_id=text_at(row, "id"),
        display_name=name,
        summary=f"a Conditional Access policy was {'changed' if changed else 'created'} at {when}: {name}",
        when=when,
        evidence=(f"identity/conditionalAccess/policies/{text_at(row, 'id')}",),
        details={"state": text_at(row, "state")},
    )
