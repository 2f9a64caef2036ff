"""What a tenant calls itself, who azremediate is in it, and how its break-glass accounts are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from azremediate.core.break_glass import Account
from azremediate.core.errors import ObjectMissing, ServiceFailing, SignInFailed, TenantError
from azremediate.core.guards import OwnIdentity
from azremediate.core.json_value import Json, flag_at, objects_at, text_at
from azremediate.core.permission import Needs, Reader
from azremediate.core.ports import Read, TenantReader
from azremediate.resolve import lookup

READER = Reader(
    "tenant_profile",
    "reads the tenant's name and domains, azremediate's own application and the break-glass accounts",
    Needs(graph=("Organization.Read.All", "Application.Read.All", "User.Read.All")),
)


@dataclass(frozen=True, slots=True)
class TenantProfile:
    """A tenant's id, name, default verified domain and initial domain (…onmicrosoft.com)."""

    id: str
    display_name: str
    domain: str
    initial_domain: str


async def read_profile(tenant: TenantReader) -> TenantProfile:
    """What the tenant calls itself."""
    answer = await tenant.get(Read("/organization", {"$select": "id,displayName,verifiedDomains"}))
    organizations = objects_at(answer, "value")
    if not organizations:
        raise ServiceFailing("the tenant does not describe itself")
    organization = organizations[0]
    domains = objects_at(organization, "verifiedDomains")
    initial = next((text_at(one, "name") for one in domains if flag_at(one, "isInitial")), "")
    default = next((text_at(one, "name") for one in domains if flag_at(one, "isDefault")), initial)
    return TenantProfile(text_at(organization, "id"), text_at(organization, "displayName"), default, initial)


async def read_accounts(tenant: TenantReader, ids: Sequence[str]) -> tuple[Account, ...]:
    """The accounts with these object ids as they are now; raises when one cannot be looked at."""
    select = {"$select": "id,accountEnabled,userType,userPrincipalName"}
    answers = await tenant.batch([Read(f"/users/{quote(one, safe='')}", select) for one in ids]) if ids else ()
    found = []
    for account, answer in zip(ids, answers, strict=True):
        if isinstance(answer, ObjectMissing):
            found.append(Account(account, exists=False))
            continue
        if isinstance(answer, TenantError):
            raise answer
        found.append(
            Account(
                id=text_at(answer, "id"),
                exists=True,
                enabled=flag_at(answer, "accountEnabled") is True,
                guest=text_at(answer, "userType") == "Guest",
                user_principal_name=text_at(answer, "userPrincipalName"),
            )
        )
    return tuple(found)


async def read_own_identity(tenant: TenantReader, claims: Mapping[str, Json]) -> OwnIdentity:
    """Who the access token with these claims belongs to, with its application object if that lives in this tenant."""
    app_id = text_at(claims, "appid") or text_at(claims, "azp")
    object_id = text_at(claims, "oid")
    if not app_id or not object_id:
        raise SignInFailed("the access token does not say whose it is", hint="sign in with an identity of Entra ID")
    read = Read(lookup.APPLICATIONS, {"$filter": f"appId eq {lookup.quoted(app_id)}", "$select": "id"})
    applications = objects_at(await tenant.get(read), "value")
    application_id = text_at(applications[0], "id") if applications else ""
    is_user = text_at(claims, "idtyp") == "user" or bool(text_at(claims, "upn"))
    return OwnIdentity(app_id, object_id, application_id, user_id=object_id if is_user else "")
