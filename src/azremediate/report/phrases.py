"""Phrases that every view words the same way: counts, times, names of targets, facts before and after."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeGuard

from azremediate.core.json_value import Json, JsonObject
from azremediate.core.target import Target
from azremediate.report.escape import terminal


def count(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun, e.g. `1 change`, `2 identities`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def moment(when: datetime) -> str:
    """A time as people read it, in UTC to the minute."""
    utc = (when - (when.utcoffset() or timedelta())).replace(tzinfo=None)
    return f"{utc:%Y-%m-%d %H:%M} UTC"


def moment_of(text: str) -> datetime | None:
    """The time in an RFC 3339 text, None when there is none in it."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo is not None else None


def target_line(target: Target, width: int | None = None) -> str:
    """A target by name, kind and ids; `width` cuts the name only, never an id."""
    name = terminal(target.display_name, width) or "(no name)"
    ids = [
        f"{label} {terminal(value)}"
        for label, value in (("appId", target.app_id), ("id", target.id), ("", target.user_principal_name))
        if value
    ]
    return f"{name}   {target.kind}  {'  '.join(part.strip() for part in ids)}"


def rows(lines: Sequence[int]) -> str:
    """Where rows stand in a list, e.g. `row 3` or `rows 3, 7`."""
    if not lines:
        return "no row"
    return f"row{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}"


def differences(before: JsonObject | None, after: JsonObject | None) -> Iterator[str]:
    """One line for each fact that differs, before to after; lists by what goes and what comes."""
    old, new = before or {}, after or {}
    for name in dict.fromkeys((*old, *new)):
        if name not in old:
            yield f"{terminal(name)}: {value_text(new[name])}"
        elif name not in new:
            yield f"{terminal(name)}: {value_text(old[name])}"
        elif old[name] != new[name]:
            yield f"{terminal(name)}: {_step(old[name], new[name])}"


def value_text(value: Json) -> str:
    """A JSON value on one line."""
    if isinstance(value, str):
        return terminal(value) or "(empty)"
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{terminal(str(name))} {value_text(item)}" for name, item in value.items()) or "(empty)"
    if isinstance(value, Sequence):
        return ", ".join(value_text(item) for item in value) or "(empty)"
    return str(value)


def _step(old: Json, new: Json) -> str:
    if _is_list(old) and _is_list(new):
        gone = [f"- {_item_text(item)}" for item in old if item not in new]
        come = [f"+ {_item_text(item)}" for item in new if item not in old]
        kept = len(old) - len(gone)
        return "  ".join([*gone, *come, *([f"({kept} kept)"] if kept else [])]) or "another order"
    return f"{value_text(old)} -> {value_text(new)}"


def _item_text(item: Json) -> str:
    """An item of a list; objects with an id by name and id, for a change is about which of them go and come."""
    if isinstance(item, Mapping):
        identifier = item.get("keyId") or item.get("id")
        if isinstance(identifier, str):
            name = item.get("displayName")
            return f"{value_text(name)} {terminal(identifier)}" if name else terminal(identifier)
    return value_text(item)


def _is_list(value: Json) -> TypeGuard[Sequence[Json]]:
    return isinstance(value, Sequence) and not isinstance(value, str)
