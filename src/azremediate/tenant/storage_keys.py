"""The keys in an answer of Azure Storage's listKeys, each value wrapped before anything else sees it."""

from datetime import datetime

from azremediate.core.errors import ServiceFailing
from azremediate.core.json_value import JsonObject, objects_at, text_at
from azremediate.core.secret import Secret
from azremediate.core.storage_account import StorageKey


def keys_in(body: JsonObject) -> tuple[StorageKey, ...]:
    """The keys; `ServiceFailing`, which repeats nothing of the answer, for what is none."""
    return tuple(_key(row) for row in objects_at(body, "keys"))


def _key(row: JsonObject) -> StorageKey:
    name, value = text_at(row, "keyName"), text_at(row, "value")
    if not name or not value:
        raise ServiceFailing("a key in Azure's list has no name or no value")
    return StorageKey(name, Secret(value), _created(text_at(row, "creationTime")))


def _created(text: str) -> datetime | None:
    if not text:
        return None
    try:
        created = datetime.fromisoformat(text)
    except ValueError:
        raise ServiceFailing("a key in Azure's list was created at something that is no time") from None
    if created.tzinfo is None:
        raise ServiceFailing("a key in Azure's list was created at a time without zone")
    return created
