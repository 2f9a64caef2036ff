"""The shelves directory objects stand on: JSON objects by id, found by a second unique property as fast as by id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

JsonObject = dict[str, Any]


class Shelf(dict[str, JsonObject]):
    """Objects by id, in order of insertion, with an index over one alternate key (compared without case).

    The value under the alternate key is read when an object is put on the shelf: whoever changes it puts the
    object back with `shelf[id] = object`.
    """

    def __init__(self, alternate: str, objects: Iterable[JsonObject] = ()) -> None:
        super().__init__()
        self.alternate = alternate
        self._index: dict[str, str] = {}
        self._value_of: dict[str, str] = {}
        for item in objects:
            self[item["id"]] = item

    def __setitem__(self, object_id: str, item: JsonObject) -> None:
        self._forget(object_id)
        super().__setitem__(object_id, item)
        value = item.get(self.alternate)
        if isinstance(value, str):
            self._index[value.casefold()] = object_id
            self._value_of[object_id] = value.casefold()

    def __delitem__(self, object_id: str) -> None:
        super().__delitem__(object_id)
        self._forget(object_id)

    def by_alternate(self, value: str) -> JsonObject | None:
        """Return the object whose alternate key has this value."""
        object_id = self._index.get(value.casefold())
        return None if object_id is None else super().get(object_id)

    def add(self, item: JsonObject) -> JsonObject:
        """Put an object on the shelf under its own id and return it."""
        self[item["id"]] = item
        return item

    def take(self, object_id: str) -> JsonObject:
        """Remove an object and return it; raises KeyError when it is not there."""
        item = self[object_id]
        del self[object_id]
        return item

    def _forget(self, object_id: str) -> None:
        old = self._value_of.pop(object_id, None)
        if old is not None and self._index.get(old) == object_id:
            del self._index[old]
