"""Who is behind an identity of the credential list: one object of the tenant, or the reason why not."""

from collections.abc import Sequence
from datetime import datetime

from azremediate.core.credential import CompromisedCredential, CredentialKind
from azremediate.core.json_value import JsonObject, flag_at, text_at
from azremediate.core.permission import Needs, Reader
from azremediate.core.ports import TenantReader
from azremediate.core.target import MICROSOFT_TENANTS, Resolved, Target, TargetKind, Unresolvable, Unresolved
from azremediate.resolve.credential_match import Holder, match_credential
from azremediate.resolve.federated import add_federated_credentials
from azremediate.resolve.lookup import key_of
from azremediate.resolve.search import Found, Search
from azremediate.resolve.storage_account import resolve_storage_keys

READER = Reader(
    "identity",
    "finds the application, service principal or user behind each row of a credential list",
    Needs(graph=("Application.Read.All", "User.Read.All")),
)
_MOST_CANDIDATES = 10


class Resolver:
    """Resolves the rows of a list; each distinct identity is looked up once.

    any_target: also give an application that is not ours to remediate (another tenant's, Microsoft's) as a target, for
    an action on it here; guards judge it then.
    """

    def __init__(self, tenant: TenantReader, now: datetime, *, any_target: bool = False) -> None:
        self._tenant = tenant
        self._now = now
        self._any_target = any_target

    async def resolve(self, credentials: Sequence[CompromisedCredential]) -> list[Resolved | Unresolved]:
        """One result for each credential, in order. Raises `PermissionMissing` when nothing can be looked up."""
        stored = [one for one in credentials if one.kind is CredentialKind.STORAGE_KEY]
        accounts = iter(await resolve_storage_keys(self._tenant, stored) if stored else ())
        search = Search(self._tenant)
        applications = await search.applications(
            (one.identity for one in credentials if one.kind.of_application),
            certificates=(one.identity for one in credentials if one.kind is CredentialKind.CERTIFICATE),
        )
        users = await search.users(one.identity for one in credentials if one.kind.of_user)
        await search.elsewhere(applications, users)
        await add_federated_credentials(self._tenant, credentials, applications)
        results: list[Resolved | Unresolved] = []
        for one in credentials:
            if one.kind is CredentialKind.STORAGE_KEY:
                results.append(next(accounts))
                continue
            found = (applications if one.kind.of_application else users).get(key_of(one.identity))
            results.append(self._resolved(one, found) if found else _outside(one))
        return results

    def _resolved(self, credential: CompromisedCredential, found: Found) -> Resolved | Unresolved:
        if found.problem:
            return Unresolved(credential, Unresolvable.NOT_LOOKED, f"could not look: {found.problem}")
        if credential.kind.of_user:
            return self._user(credential, found)
        return self._application(credential, found)

    def _user(self, credential: CompromisedCredential, found: Found) -> Resolved | Unresolved:
        if not found.users:
            return _nothing(credential, "an application", found.app_ids)
        if len(found.users) > 1:
            candidates = [f"{text_at(user, 'userPrincipalName')} (id {text_at(user, 'id')})" for user in found.users]
            return _ambiguous(credential, candidates)
        user = found.users[0]
        name = text_at(user, "userPrincipalName")
        target = Target(
            tenant_id=self._tenant.tenant_id,
            kind=TargetKind.USER,
            id=text_at(user, "id"),
            display_name=text_at(user, "displayName") or name,
            user_principal_name=name,
            on_premises=flag_at(user, "onPremisesSyncEnabled") is True,
            guest=text_at(user, "userType") == "Guest" or "#EXT#" in name.upper(),
        )
        return Resolved(credential, target)

    def _application(self, credential: CompromisedCredential, found: Found) -> Resolved | Unresolved:
        app_ids = found.app_ids
        if not app_ids:
            return _nothing(credential, "a user", [text_at(user, "id") for user in found.users])
        if len(app_ids) > 1:
            return _ambiguous(credential, [_candidate(found, app_id) for app_id in app_ids])
        application, principal = found.applications.get(app_ids[0]), found.principals.get(app_ids[0])
        if application is None and principal is not None:
            return self._foreign(credential, principal)
        holders = [] if application is None else [Holder(TargetKind.APPLICATION, application)]
        holders += [] if principal is None else [Holder(TargetKind.SERVICE_PRINCIPAL, principal)]
        match = match_credential(credential, holders, self._now)
        own, sp = application or {}, principal or {}
        target = Target(
            tenant_id=self._tenant.tenant_id,
            kind=TargetKind.APPLICATION,
            id=text_at(own, "id"),
            display_name=text_at(own, "displayName"),
            app_id=app_ids[0],
            application_id=text_at(own, "id"),
            service_principal_id=text_at(sp, "id"),
            service_principal_type=text_at(sp, "servicePrincipalType"),
            owner_tenant_id=text_at(sp, "appOwnerOrganizationId").lower() or self._tenant.tenant_id,
            exposed=match.exposed,
        )
        return Resolved(credential, target, match.note)

    def _foreign(self, credential: CompromisedCredential, principal: JsonObject) -> Resolved | Unresolved:
        """A service principal without an application here: another tenant's, Microsoft's or a managed identity."""
        owner = text_at(principal, "appOwnerOrganizationId").lower()
        if owner in MICROSOFT_TENANTS and not self._any_target:
            reason = "it is Microsoft's own application; a secret that somebody added to it is for a person to look at"
            return Unresolved(credential, Unresolvable.MICROSOFT_OWNED, reason)
        match = match_credential(credential, [Holder(TargetKind.SERVICE_PRINCIPAL, principal)], self._now)
        foreign = owner not in ("", self._tenant.tenant_id.lower())
        if foreign and not match.exposed and not self._any_target:
            reason = f"the application lives in tenant {owner}, where its credentials are: contact the vendor"
            return Unresolved(credential, Unresolvable.OTHER_TENANT, reason)
        principal_id = text_at(principal, "id")
        target = Target(
            tenant_id=self._tenant.tenant_id,
            kind=TargetKind.SERVICE_PRINCIPAL,
            id=principal_id,
            display_name=text_at(principal, "displayName"),
            app_id=text_at(principal, "appId").lower(),
            service_principal_id=principal_id,
            service_principal_type=text_at(principal, "servicePrincipalType"),
            owner_tenant_id=owner,
            exposed=match.exposed,
        )
        return Resolved(credential, target, match.note)


def _outside(credential: CompromisedCredential) -> Unresolved:
    reason = f"no object of the directory stands behind a credential of kind {credential.kind}"
    return Unresolved(credential, Unresolvable.WRONG_KIND, reason)


def _candidate(found: Found, app_id: str) -> str:
    row = found.applications.get(app_id) or found.principals[app_id]
    return f"appId {app_id} (id {text_at(row, 'id')})"


def _nothing(credential: CompromisedCredential, other: str, others: Sequence[str]) -> Unresolved:
    if others:
        reason = f"it is {other}, which cannot have a credential of kind {credential.kind}"
        return Unresolved(credential, Unresolvable.WRONG_KIND, reason, tuple(others[:_MOST_CANDIDATES]))
    return Unresolved(credential, Unresolvable.NOT_FOUND, "the tenant has no such object (any more)")


def _ambiguous(credential: CompromisedCredential, candidates: Sequence[str]) -> Unresolved:
    reason = f"{len(candidates)} objects have this name; write the appId or the object id instead"
    shown = tuple(sorted(candidates)[:_MOST_CANDIDATES])
    return Unresolved(credential, Unresolvable.AMBIGUOUS, reason, shown)
