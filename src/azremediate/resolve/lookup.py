"""The Graph reads by which an identity of a credential list is looked up."""

import re
from enum import StrEnum

from azremediate.core.json_value import JsonObject
from azremediate.core.ports import Read, TenantReader

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UPN = re.compile(r"[^\s@/\\?]{1,200}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
APPLICATIONS = "/applications"
SERVICE_PRINCIPALS = "/servicePrincipals"
USERS = "/users"
LONGEST_NAME = 256
"""Of a display name in the directory; a longer one cannot be found."""

_CREDENTIALS = "passwordCredentials,keyCredentials"
_APPLICATION = f"id,appId,displayName,{_CREDENTIALS}"
_PRINCIPAL = f"id,appId,displayName,servicePrincipalType,appOwnerOrganizationId,{_CREDENTIALS}"
_USER = "id,displayName,userPrincipalName,userType,onPremisesSyncEnabled"


class Form(StrEnum):
    """What an identity looks like."""

    ID = "id"
    UPN = "upn"
    NAME = "name"


def form_of(identity: str) -> Form:
    """What an identity looks like; anything that is neither an id nor a user principal name is a display name."""
    if _GUID.fullmatch(identity.lower()):
        return Form.ID
    return Form.UPN if _UPN.fullmatch(identity) else Form.NAME


def key_of(identity: str) -> str:
    """The form in which equal identities are equal; the directory compares names without regard to case."""
    return identity.strip().casefold()


def quoted(text: str) -> str:
    """A string literal of OData."""
    return "'" + text.replace("'", "''") + "'"


def applications(identity: str) -> Read:
    """Applications by appId or object id, or by display name."""
    return Read(APPLICATIONS, {"$filter": _application_filter(identity), "$select": _APPLICATION})


def service_principals(identity: str) -> Read:
    """Service principals by appId or object id, or by display name."""
    return Read(SERVICE_PRINCIPALS, {"$filter": _application_filter(identity), "$select": _PRINCIPAL})


def users(identity: str) -> Read:
    """Users by object id, user principal name or display name."""
    member = {Form.ID: "id", Form.UPN: "userPrincipalName", Form.NAME: "displayName"}[form_of(identity)]
    return Read(USERS, {"$filter": f"{member} eq {quoted(identity)}", "$select": _USER})


def _application_filter(identity: str) -> str:
    if form_of(identity) is Form.ID:
        return f"appId eq {quoted(identity)} or id eq {quoted(identity)}"
    return f"displayName eq {quoted(identity)}"


async def every(tenant: TenantReader, read: Read) -> list[JsonObject]:
    """All objects of a collection; raises rather than give a part."""
    return [row async for page in tenant.pages(read) for row in page]
