"""Whether an object is still as a run left it, in the facts that the run changed."""

from collections.abc import Iterator, Mapping, Sequence

from azremediate.core.change import Change
from azremediate.core.json_value import Json, JsonObject, canonical
from azremediate.core.observed import State
from azremediate.core.result import ChangeResult

_IDS = ("id", "keyId")


def changed_by_others(change: Change, result: ChangeResult, state: State) -> str:
    """Which of the facts that the change set are different now, as JSON pointers; empty when none is.

    What the run did not change may have changed since. Without a recorded reading from before (the process died in
    between) the facts that the change names as its effect count.
    """
    after = result.after or {}
    before = result.before
    if before is None:
        before = {name: value for name, value in after.items() if name not in change.after}
    return ", ".join(_moved(before, after, state.facts, ""))


def _moved(before: Json, after: Json, now: Json, pointer: str) -> Iterator[str]:
    if _equal(before, after) or _equal(after, now):
        return
    was, left, found = _members(before), _members(after), _members(now)
    if was is None or left is None or found is None:
        yield pointer
        return
    for name in dict.fromkeys((*was, *left)):
        yield from _moved(was.get(name), left.get(name), found.get(name), f"{pointer}/{name}")


def _members(value: Json) -> JsonObject | None:
    """An object's members, or the objects of a list by their ids; None for anything else."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, str) or not isinstance(value, Sequence):
        return None
    found: dict[str, Json] = {}
    for item in value:
        names = [item.get(name) for name in _IDS] if isinstance(item, Mapping) else []
        name = next((one for one in names if isinstance(one, str)), None)
        if name is None or name in found:
            return None
        found[name] = item
    return found


def _equal(one: Json, other: Json) -> bool:
    return canonical(one) == canonical(other)
