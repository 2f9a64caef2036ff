"""The Graph reads by which an identity of a credential list is looked up."""

import re
from dataclasses import dataclass
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

CERTIFICATES = "keyCredentials"
"""Selected only where it is needed: Graph answers 150 such reads a minute; see `Looking`."""

_APPLICATION = "id,appId,displayName,passwordCredentials"
_PRINCIPAL = "id,appId,displayName,servicePrincipalType,appOwnerOrganizationId,passwordCredentials"
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


@dataclass(frozen=True, slots=True)
class Looking:
    """One identity that is looked for in one collection.

    members: the properties of which one is the identity. select: what is asked of each object; `certificates` asks for
    its keyCredentials as well, of which Graph answers 150 reads a minute for each tenant and each of the two
    collections (https://learn.microsoft.com/graph/api/application-list, note on $select).
    """

    path: str
    members: tuple[str, ...]
    identity: str
    select: str
    certificates: bool = False

    @property
    def selected(self) -> str:
        """The value of $select."""
        return f"{self.select},{CERTIFICATES}" if self.certificates else self.select

    @property
    def read(self) -> Read:
        """The read that finds it alone."""
        condition = " or ".join(f"{member} eq {quoted(self.identity)}" for member in self.members)
        return Read(self.path, {"$filter": condition, "$select": self.selected})


def applications(identity: str, *, certificates: bool = False) -> Looking:
    """Applications by appId or object id, or by display name."""
    return Looking(APPLICATIONS, _members(identity), identity, _APPLICATION, certificates)


def service_principals(identity: str, *, certificates: bool = False) -> Looking:
    """Service principals by appId or object id, or by display name."""
    return Looking(SERVICE_PRINCIPALS, _members(identity), identity, _PRINCIPAL, certificates)


def users(identity: str) -> Looking:
    """Users by object id, user principal name or display name."""
    member = {Form.ID: "id", Form.UPN: "userPrincipalName", Form.NAME: "displayName"}[form_of(identity)]
    return Looking(USERS, (member,), identity, _USER)


def _members(identity: str) -> tuple[str, ...]:
    return ("appId", "id") if form_of(identity) is Form.ID else ("displayName",)


async def every(tenant: TenantReader, read: Read) -> list[JsonObject]:
    """All objects of a collection; raises rather than give a part."""
    return [row async for page in tenant.pages(read) for row in page]
