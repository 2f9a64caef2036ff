"""What exports read from an audit record, whatever its members turn out to hold."""

import json
from collections.abc import Mapping
from datetime import datetime

from azremediate.core.json_value import Json, JsonObject


def part(record: JsonObject, name: str) -> JsonObject:
    """A member that is an object; empty when it is none."""
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


def word(holder: JsonObject, name: str) -> str:
    """A member as text: empty when it is not there, JSON when it is no text."""
    value: Json = holder.get(name)
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def number(holder: JsonObject, name: str) -> int:
    """A member that is a whole number; 0 when it is none."""
    value = holder.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def milliseconds(record: JsonObject) -> int:
    """The record's time in milliseconds since 1970; 0 when it is no time."""
    try:
        return round(datetime.fromisoformat(word(record, "time")).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        return 0
