"""Replaces exposed keys of a storage account, one after the other, and stores the new ones in the vault."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar

from azremediate.actions._storage_keys import StorageKeys, created_at, key_facts, planned_keys
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass, new_change
from azremediate.core.credential import CredentialKind
from azremediate.core.json_value import Json, JsonObject, object_of, text_at
from azremediate.core.observed import Comparison, Precondition, State
from azremediate.core.parameters import parameters_json
from azremediate.core.permission import Needs
from azremediate.core.ports import TenantReader
from azremediate.core.run import Run
from azremediate.core.storage_account import KEY_NAMES
from azremediate.core.target import Target, TargetKind


class InUse(StrEnum):
    """The key that the account's consumers use."""

    KEY1 = "key1"
    KEY2 = "key2"


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of `regenerate_storage_key`."""

    in_use: InUse = field(
        default=InUse.KEY1, metadata={"help": "the key that consumers use; when both go, the other one goes first"}
    )
    overlap: timedelta = field(
        default=timedelta(),
        metadata={"help": "how long consumers have to move to the other key before the one in use goes"},
    )


class RegenerateStorageKey:
    """Regenerates key by key: each new one lies in the vault before the next key goes."""

    name: ClassVar = "regenerate_storage_key"
    summary: ClassVar = "replace exposed keys of a storage account by new ones, stored in the vault"
    phase: ClassVar = Phase.ROTATE
    undo_class: ClassVar = UndoClass.IRREVERSIBLE
    risk: ClassVar = Risk.HIGH
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.STORAGE_ACCOUNT,)
    takes: ClassVar = frozenset({CredentialKind.STORAGE_KEY})
    closes: ClassVar = frozenset({CredentialKind.STORAGE_KEY})
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(
        azure_roles=(
            "Reader (the storage account)",
            "Storage Account Key Operator Service Role (the storage account)",
            "Key Vault Secrets Officer (the vault of secrets.vault_url)",
        )
    )

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: when each key was created, whether keys are accepted at all, which new ones lie in the vault."""
        return State(await key_facts(target, tenant))

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """The exposed keys, the one in use last."""
        facts = state.facts
        keys = _order({one.key_id for one in target.exposed}, params.in_use)
        if not keys:
            return Skip("no key of it is listed")
        if not text_at(facts, "vault"):
            return Skip("there is nowhere to store a new key: set secrets.vault_url", done=False)
        created = {key: created_at(facts, key) for key in keys}
        stored_as = {key: f"storage-{target.display_name}-{key}" for key in keys}
        return new_change(
            action=self.name,
            phase=self.phase,
            target=target,
            state=state,
            params=parameters_json(params),
            work={"account": target.id, "keys": keys, "created": created},
            summary=f"regenerate {' and then '.join(keys)}, stored as {', '.join(stored_as.values())}",
            before={f"{key}Created": created[key] or "not told" for key in keys},
            after={f"{key}Created": f"at the time of the change, in the vault as {stored_as[key]}" for key in keys},
            preconditions=tuple(
                Precondition(f"/created/{key}", Comparison.EQUALS, value) for key, value in created.items()
            ),
            undo_class=self.undo_class,
            undo_note="a regenerated key cannot be put back",
            risk=self.risk,
            warnings=_warnings(facts, keys, params),
        )

    async def apply(self, change: Change, run: Run) -> None:
        """See `StorageKeys`."""
        await StorageKeys(change, run, self.targets).regenerate()

    def holds(self, change: Change, state: State) -> bool:
        """Each key is another one than before, and the vault has that one."""
        before, stored = object_of(change.work.get("created"), "created"), _stored(state.facts)
        now = {key: created_at(state.facts, key) for key in planned_keys(change)}
        return all(when and when != before.get(key) and stored.get(key) == when for key, when in now.items())

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Never: the old value is unknown, and exposed."""
        return CannotUndo("an exposed key is not put back; its value is not known to azremediate")


def _order(listed: set[str], in_use: InUse) -> list[str]:
    """Microsoft's two-key order: consumers move to the key that is new already before the one they use goes.

    Source: https://learn.microsoft.com/azure/storage/common/storage-account-keys-manage
    """
    return sorted(listed & set(KEY_NAMES), key=lambda key: key == in_use.value)


def _stored(facts: JsonObject) -> Mapping[str, Json]:
    return object_of(facts.get("stored"), "stored")


def _warnings(facts: JsonObject, keys: list[str], params: Params) -> tuple[str, ...]:
    found = ["shared access signatures that were signed with a regenerated key stop working at once"]
    if params.in_use.value in keys:
        if params.overlap:
            found.append(f"consumers of {params.in_use} have to move to the other key before it goes")
        else:
            found.append(f"no overlap: whatever uses {params.in_use} and does not read the vault stops working")
    if facts.get("sharedKeyAccess") is False:
        found.append("the account accepts no keys now; a new one keeps the exposed one out when it does again")
    if any(not created_at(facts, key) for key in keys):
        found.append("Azure does not tell when the key was created, so the change can only be told by a new time")
    return tuple(found)


ACTION: Action = RegenerateStorageKey()
