"""Moving a directory object to the recycle bin."""

from __future__ import annotations

from azremediate.lab.clock import wire_time
from azremediate.lab.graph.call import Call
from azremediate.lab.graph.trail import record
from azremediate.lab.objects import JsonObject, Shelf

_ACTIVITIES = {
    "application": "Delete application",
    "servicePrincipal": "Remove service principal",
    "user": "Delete user",
}


def soft_delete(call: Call, noun: str, shelf: Shelf, item: JsonObject) -> None:
    """Take an object off its shelf and keep it, with its type and the time, among the deleted items."""
    shelf.take(item["id"])
    item["deletedDateTime"] = wire_time(call.store.clock.now())
    call.store.deleted_items[item["id"]] = {"@odata.type": f"#microsoft.graph.{noun}", **item}
    record(call, _ACTIVITIES[noun], item, noun, [])
