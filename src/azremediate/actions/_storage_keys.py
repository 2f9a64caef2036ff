"""The writes of a storage key's regeneration: a key is replaced, read back and stored before the next one goes."""

from collections.abc import Iterable
from datetime import timedelta

from azremediate.actions._reading import moment
from azremediate.actions._target_check import check_kind, check_work, not_planned
from azremediate.core.change import Change
from azremediate.core.clock import iso
from azremediate.core.errors import ChangeFailed, InputInvalid, TenantError
from azremediate.core.json_value import Json, JsonObject, flag_at, object_of, text_at, texts_at
from azremediate.core.parameters import parse_duration
from azremediate.core.ports import TenantReader
from azremediate.core.run import Recognise, Run
from azremediate.core.storage_account import API_VERSION, KEY_NAMES, StorageAccountId, StorageKey
from azremediate.core.target import Target, TargetKind
from azremediate.core.write import AzureWrite, StoredSecret


async def key_facts(target: Target, tenant: TenantReader) -> dict[str, Json]:
    """created: for each key when it was made, empty where Azure does not tell; stored: the same of the vault's."""
    account = _account(target)
    resource = await tenant.azure.get(str(account), API_VERSION)
    if StorageAccountId.parse(text_at(resource, "id")) != account:
        raise TenantError("Azure answered with another resource than was asked for")
    properties = object_of(resource.get("properties") or {}, "properties")
    times = object_of(properties.get("keyCreationTime") or {}, "keyCreationTime")
    return {
        "created": {key: told_time(text_at(times, key)) for key in KEY_NAMES},
        "sharedKeyAccess": flag_at(properties, "allowSharedKeyAccess"),
        "vault": tenant.secrets.vault_url,
        "stored": {key: await _newest(tenant, account.secret_name(key)) for key in KEY_NAMES},
    }


def created_at(facts: JsonObject, key: str) -> str:
    """When a key was created; empty where that is not known."""
    return text_at(object_of(facts.get("created") or {}, "created"), key)


def planned_keys(change: Change) -> list[str]:
    """The keys that a change regenerates, in its order."""
    return texts_at(change.work, "keys")


class StorageKeys:
    """One regeneration; may run again after a crash and then finds its writes in the journal.

    A lost answer is harmless: the new key is not in it but read afterwards, and a key that was regenerated twice is new
    as well. Raises `ChangeFailed` when the change's work is not for its target.
    """

    def __init__(self, change: Change, run: Run, kinds: Iterable[TargetKind]) -> None:
        check_kind(change, kinds)
        self._account = _account(change.target)
        check_work(change, account=str(self._account))
        if change.target.display_name != self._account.name:  # guards match the name
            raise not_planned("the plan calls the account something else than its id does")
        self._change = change
        self._run = run
        self._keys = planned_keys(change)
        if not self._keys or not {one.key_id for one in change.target.exposed}.issuperset(self._keys):
            raise not_planned("the plan regenerates a key that is not listed")
        self._before = object_of(change.work.get("created") or {}, "created")
        try:
            self._overlap = parse_duration(text_at(change.params, "overlap"))
        except InputInvalid as error:
            raise not_planned(f"overlap: {error.message}") from None

    async def regenerate(self) -> None:
        """Key by key, the one in use last; whoever uses it has had `overlap` to move."""
        if not self._run.tenant.secrets.vault_url:
            raise ChangeFailed("there is nowhere to store a new key: set secrets.vault_url; nothing was written")
        in_use = text_at(self._change.params, "in_use")
        for key in self._keys:
            if key == in_use and self._overlap > timedelta():
                await self._offer_other(key)
                await self._run.wait("overlap", self._overlap)
            await self._run.write_azure(self._write(key), self._recogniser(key))
            stored = await self._store(f"store-{key}", key)
            self._run.proof.update({f"{key}_secret": stored.name, f"{key}_version": stored.version})

    async def _offer_other(self, key: str) -> None:
        """Put the key that stays into the vault, so that there is something to move to; a new one is there."""
        other = next(name for name in KEY_NAMES if name != key)
        if other not in self._keys:
            await self._store(f"offer-{other}", other)

    def _write(self, key: str) -> AzureWrite:
        return AzureWrite(
            step=f"regenerate-{key}",
            method="POST",
            path=f"{self._account}/regenerateKey",
            api_version=API_VERSION,
            object_id=self._change.target.id,
            body={"keyName": key},
        )

    def _recogniser(self, key: str) -> Recognise:
        async def regenerated() -> JsonObject | None:
            resource = await self._run.tenant.azure.get(str(self._account), API_VERSION)
            properties = object_of(resource.get("properties") or {}, "properties")
            times = object_of(properties.get("keyCreationTime") or {}, "keyCreationTime")
            created = told_time(text_at(times, key))
            return {"created": created} if created and created != self._before.get(key) else None

        return regenerated

    async def _store(self, step: str, key: str) -> StoredSecret:
        """Store a key's value of now under the account's and its own name; no value gets into journal or log."""
        found = await self._value(key)
        tags = {
            "azr-change": self._change.change_id,
            "azr-storage-account": self._account.name,
            "azr-key": key,
            "azr-created": "" if found.created is None else iso(found.created),
        }
        try:
            return await self._run.store(step, self._account.secret_name(key), found.value, tags)
        except TenantError as error:
            raise ChangeFailed(
                f"{key} was regenerated or is to be offered, but could not be stored in the vault: {error.message}",
                hint="make the vault writable, then plan and apply again; the key's value stays readable in Azure",
            ) from error

    async def _value(self, key: str) -> StorageKey:
        """The key as it is listed; one that was just regenerated is waited for, because lists may lag."""
        deadline = self._run.clock.monotonic() + self._run.settings.reconcile.window.total_seconds()
        while True:
            listed = {one.name: one for one in await self._run.tenant.azure.storage_keys(str(self._account))}
            found = listed.get(key)
            if found is not None and (key not in self._keys or self._is_new(key, found)):
                return found
            if self._run.clock.monotonic() >= deadline:
                raise ChangeFailed(f"Azure does not list the new {key} of the account; it is not in the vault")
            await self._run.clock.sleep(self._run.settings.reconcile.poll.total_seconds())

    def _is_new(self, key: str, found: StorageKey) -> bool:
        return found.created is None or iso(found.created) != self._before.get(key)


def told_time(text: str) -> str:
    """A time from Azure, which writes ten millionths of a second, in our own form; empty for none."""
    return iso(moment(text)) if text else ""


async def _newest(tenant: TenantReader, name: str) -> str:
    """The creation time of the key in the newest version of a secret that is enabled; empty when there is none."""
    if not tenant.secrets.vault_url:
        return ""
    enabled = [version for version in await tenant.secrets.versions(name) if version.enabled]
    return enabled[-1].tags.get("azr-created", "") if enabled else ""


def _account(target: Target) -> StorageAccountId:
    """The account of a target; its id has to be in the one spelling, for guards compare ids by their text."""
    account = StorageAccountId.parse(target.id)
    if account is None or str(account) != target.id:
        raise TenantError("the target is no resource id of a storage account")
    return account
