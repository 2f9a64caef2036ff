"""Which live objects the credentials found in mail belong to; reads the directory once for all of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from azremediate.core.errors import FeatureMissing, SignInFailed, TenantError
from azremediate.core.finding import Link, LinkState
from azremediate.core.finding_list import FoundCredential
from azremediate.core.json_value import JsonObject, objects_at, text_at
from azremediate.core.linked_credential import LinkedCredential
from azremediate.core.permission import Needs, Reader
from azremediate.core.ports import Read, TenantReader
from azremediate.core.storage_account import API_VERSION, StorageAccountId
from azremediate.resolve import lookup
from azremediate.resolve.credential_match import parse_time, thumbprints
from azremediate.resolve.search import Found, Search

READER = Reader(
    "finding-link",
    "links secrets found in mail to the applications, users and storage accounts of the tenant",
    Needs(
        graph=("Application.Read.All", "User.Read.All"), azure_roles=("Reader (the subscriptions that are configured)",)
    ),
)
_OF_APPLICATIONS = {"client-secret", "private-key", "pfx", "certificate", "jwt"}
_OF_USERS = {"password", "refresh-token", "session-cookie", "jwt"}
_OF_STORAGE = {"storage-key", "sas"}
_NAMES_OF_USER = ("oid", "upn", "preferred_username", "unique_name")
_STORAGE_HOST = (".blob.core.", ".file.core.", ".queue.core.", ".table.core.", ".dfs.core.")
_GONE = "no live credential of this tenant fits: removed already, or another tenant's"


class FindingLinker:
    """Links found credentials; what could not be looked at says so in the link's reason, never as nothing found."""

    def __init__(self, tenant: TenantReader) -> None:
        self._tenant = tenant
        self._names: dict[str, JsonObject] = {}
        self._hints: dict[str, list[tuple[JsonObject, JsonObject]]] = defaultdict(list)
        self._prints: dict[str, list[tuple[JsonObject, JsonObject]]] = defaultdict(list)
        self._users: dict[str, Found] = {}
        self._accounts: dict[str, list[StorageAccountId]] = defaultdict(list)
        self._no_accounts = ""

    async def link(self, found: Sequence[FoundCredential]) -> list[LinkedCredential]:
        """One result for each credential, in order; raises `PermissionMissing` when the directory cannot be read."""
        kinds = {one.best.kind for one in found}
        if kinds & _OF_APPLICATIONS:
            await self._read_applications()
        if kinds & _OF_USERS:
            self._users = await Search(self._tenant).users(_user_names(found))
        if kinds & _OF_STORAGE:
            await self._read_accounts()
        return [LinkedCredential(one, tuple(self._links(one))) for one in found]

    async def _read_applications(self) -> None:
        members = "id,appId,displayName,passwordCredentials,keyCredentials"
        for path in (lookup.APPLICATIONS, lookup.SERVICE_PRINCIPALS):
            for row in await lookup.every(self._tenant, Read(path, {"$select": members, "$top": "999"})):
                self._names.setdefault(text_at(row, "appId").lower(), row)
                self._names.setdefault(text_at(row, "id").lower(), row)
                for secret in objects_at(row, "passwordCredentials"):
                    self._hints[text_at(secret, "hint")].append((row, secret))
                for certificate in objects_at(row, "keyCredentials"):
                    for thumbprint in thumbprints(certificate):
                        self._prints[thumbprint].append((row, certificate))

    async def _read_accounts(self) -> None:
        for subscription in self._tenant.azure.subscriptions:
            path = f"/subscriptions/{subscription}/providers/Microsoft.Storage/storageAccounts"
            try:
                answer = await self._tenant.azure.get(path, API_VERSION)
            except SignInFailed:
                raise
            except (TenantError, FeatureMissing) as error:
                self._no_accounts = f"storage accounts could not be looked at: {error.message}"
                continue
            for row in objects_at(answer, "value"):
                if (account := StorageAccountId.parse(text_at(row, "id"))) is not None:
                    self._accounts[account.name.lower()].append(account)
        if not self._tenant.azure.subscriptions:
            self._no_accounts = "storage accounts could not be looked at: the configuration names no subscription"

    def _links(self, found: FoundCredential) -> Iterable[Link]:
        kind = found.best.kind
        if kind == "client-secret":
            return self._secret(found)
        if kind in ("private-key", "pfx", "certificate"):
            return self._certificate(found)
        if kind == "jwt":
            return self._token(found)
        if kind in _OF_USERS:
            return self._person(found)
        if kind in _OF_STORAGE:
            return self._account(found)
        return [_elsewhere(found)]

    def _secret(self, found: FoundCredential) -> Sequence[Link]:
        near = [name for name in found.best.nearby.ids if name in self._names]
        app_ids = [text_at(self._names[name], "appId").lower() for name in near]
        fitting = [
            (row, one) for row, one in self._hints.get(found.best.hint, ()) if found.best.hint and _lived(one, found)
        ]
        confirmed = _grouped(fitting, set(app_ids))
        if confirmed:
            reason = "its first characters and a time within its validity fit, and the application's id stands near"
            return [_application(LinkState.CONFIRMED, reason, row, keys) for row, keys in confirmed]
        probable = _grouped(fitting, None)
        if probable:
            several = f"; {len(probable)} applications have such a secret" if len(probable) > 1 else ""
            reason = f"its first characters fit a secret that was valid then{several}"
            return [_application(LinkState.PROBABLE, reason, row, keys) for row, keys in probable]
        if near and not any(text_at(one, "hint") for row, one in self._all_secrets(app_ids[0])):
            reason = "the application's id stands near, and none of its secrets has known first characters"
            return [_application(LinkState.CANDIDATE, reason, self._names[near[0]], ())]
        return [Link(LinkState.NONE, _GONE)]

    def _all_secrets(self, app_id: str) -> list[tuple[JsonObject, JsonObject]]:
        rows = [row for row in self._names.values() if text_at(row, "appId").lower() == app_id]
        return [(row, one) for row in rows for one in objects_at(row, "passwordCredentials")]

    def _certificate(self, found: FoundCredential) -> Sequence[Link]:
        prints = {found.best.claims.get(name, "").lower() for name in ("thumbprint", "thumbprint_sha256")} - {""}
        fitting = [pair for thumbprint in prints for pair in self._prints.get(thumbprint, ())]
        if fitting:
            reason = "the certificate with this thumbprint is on the application"
            return [_application(LinkState.CONFIRMED, reason, row, keys) for row, keys in _grouped(fitting, None)]
        if prints:
            return [Link(LinkState.NONE, "no application of this tenant has a certificate with this thumbprint")]
        return [_elsewhere(found, "which certificate or host the key belongs to is not said")]

    def _token(self, found: FoundCredential) -> Sequence[Link]:
        claims = found.best.claims
        tenant = claims.get("tid", "").lower()
        if tenant and tenant != self._tenant.tenant_id.lower():
            return [Link(LinkState.NONE, f"the token is of another tenant ({tenant})")]
        for name in _NAMES_OF_USER:
            user = self._user(claims.get(name, ""))
            if user is not None and claims.get("idtyp") != "app":
                return [
                    _user(
                        LinkState.CONFIRMED if tenant else LinkState.PROBABLE,
                        f"the token names the user ({name})",
                        user,
                    )
                ]
        app_id = (claims.get("appid") or claims.get("azp") or "").lower()
        if tenant and app_id in self._names:
            ends = f", valid until {claims['exp']}" if claims.get("exp") else ""
            reason = f"an access token of the application {app_id}{ends}: it cannot be revoked, its permissions can"
            return [Link(LinkState.CONFIRMED, reason, f"access token of {app_id}", "other")]
        return [Link(LinkState.NONE, "the token names no user or application of this tenant")]

    def _person(self, found: FoundCredential) -> Sequence[Link]:
        for name in found.best.nearby.user_principal_names:
            user = self._user(name)
            if user is not None:
                return [_user(LinkState.PROBABLE, "the user's name stands near", user)]
        for name in (*found.best.recipients, found.best.sender):
            user = self._user(name)
            if user is not None:
                return [_user(LinkState.CANDIDATE, "only sender and recipients are known", user)]
        problem = next((one.problem for one in self._users.values() if one.problem), "")
        if problem:
            return [Link(LinkState.NONE, f"users could not be looked at: {problem}")]
        return [_elsewhere(found, "no user of this tenant stands near")]

    def _user(self, name: str) -> JsonObject | None:
        found = self._users.get(lookup.key_of(name)) if name else None
        return found.users[0] if found is not None and len(found.users) == 1 else None

    def _account(self, found: FoundCredential) -> Sequence[Link]:
        if found.best.claims.get("skoid"):
            return [_elsewhere(found, "a user delegation SAS: revoke the account's user delegation keys")]
        hosts = [host for host in found.best.nearby.hosts if any(part in host for part in _STORAGE_HOST)]
        names = [found.best.claims.get("account", "").lower(), *(host.split(".")[0] for host in hosts)]
        for name in names:
            if accounts := self._accounts.get(name):
                reason = "the account's name stands with it; which of its keys it is, is not known"
                return [_storage(LinkState.CONFIRMED, reason, account) for account in accounts]
        if self._no_accounts:
            return [_elsewhere(found, self._no_accounts)]
        known = next((name for name in names if name), "")
        reason = f"no storage account {known} in the configured subscriptions" if known else "no account is named"
        return [_elsewhere(found, reason)]


def _user_names(found: Sequence[FoundCredential]) -> Iterable[str]:
    for one in found:
        if one.best.kind in _OF_USERS:
            yield from one.best.nearby.user_principal_names
            yield from (one.best.claims[name] for name in _NAMES_OF_USER if one.best.claims.get(name))
            yield from (name for name in (*one.best.recipients[:5], one.best.sender) if name)


def _lived(credential: JsonObject, found: FoundCredential) -> bool:
    """Whether the credential was valid when a message with it was sent; without a time any is."""
    start, end = parse_time(text_at(credential, "startDateTime")), parse_time(text_at(credential, "endDateTime"))
    first, last = parse_time(found.first), parse_time(found.last)
    if first is None or last is None:
        return True
    return (start is None or start <= last) and (end is None or end >= first)


def _grouped(
    pairs: Iterable[tuple[JsonObject, JsonObject]], app_ids: set[str] | None
) -> list[tuple[JsonObject, tuple[str, ...]]]:
    """The credentials of each application, its service principal's with them; only of these applications."""
    groups: dict[str, tuple[JsonObject, list[str]]] = {}
    for row, credential in pairs:
        app_id = text_at(row, "appId").lower()
        if app_ids is None or app_id in app_ids:
            groups.setdefault(app_id, (row, []))[1].append(text_at(credential, "keyId"))
    return [(row, tuple(dict.fromkeys(keys))) for row, keys in groups.values()]


def _application(state: LinkState, reason: str, row: JsonObject, keys: tuple[str, ...]) -> Link:
    return Link(state, reason, text_at(row, "appId").lower(), "application", text_at(row, "displayName"), keys)


def _user(state: LinkState, reason: str, user: JsonObject) -> Link:
    return Link(state, reason, text_at(user, "id"), "user", text_at(user, "displayName"))


def _storage(state: LinkState, reason: str, account: StorageAccountId) -> Link:
    return Link(state, reason, str(account), "storageAccount", account.name)


def _elsewhere(found: FoundCredential, reason: str = "") -> Link:
    """A credential that no action reaches: its owner has to be asked."""
    claims = found.best.claims
    named = [claims[name] for name in ("host", "service", "account") if claims.get(name)]
    where = next(iter((*named, *found.best.nearby.hosts)), "")
    identity = f"{found.best.kind} {found.best.finding_id}" + (f" at {where}" if where else "")
    return Link(LinkState.PROBABLE, reason or "a credential outside the directory", identity[:500], "other")
