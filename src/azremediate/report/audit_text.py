"""Audit records and the verdict on the audit log as text."""

from collections.abc import Mapping

from azremediate.core.json_value import Json, JsonObject
from azremediate.report.escape import terminal
from azremediate.report.phrases import differences


def record_text(record: JsonObject) -> str:
    """One record: what happened when and to what, and below it before and after."""
    words = [
        _word(record, "seq").rjust(5),
        _word(record, "time"),
        _event(record),
        _word(record, "step"),
        _target(record.get("target")),
        _request(record.get("api")),
    ]
    reason = _word(record, "reason")
    lines = ["  ".join(word for word in words if word) + (f"  ({reason})" if reason else "")]
    before, after = record.get("before"), record.get("after")
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        lines += [f"         {line}" for line in differences(before, after)]
    return "\n".join(lines)


def _word(holder: JsonObject, name: str) -> str:
    value = holder.get(name)
    return "" if value is None else terminal(str(value))


def _event(record: JsonObject) -> str:
    event, outcome = _word(record, "event"), _word(record, "outcome")
    return event if event.endswith(".intended") else f"{event} {outcome}"  # of an intent no outcome is known yet


def _target(value: Json) -> str:
    if not isinstance(value, Mapping):
        return ""
    return f"{_word(value, 'kind')} {_word(value, 'display_name')} {_word(value, 'id')}".strip()


def _request(value: Json) -> str:
    if not isinstance(value, Mapping):
        return ""
    said = [_word(value, "method"), _word(value, "path"), _word(value, "status")]
    if request_id := _word(value, "request_id"):
        said.append(f"request id {request_id}")
    return " ".join(word for word in said if word)
