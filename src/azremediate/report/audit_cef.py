"""Audit records in the Common Event Format, one line each."""

from collections.abc import Iterator

from azremediate.core.json_value import JsonObject
from azremediate.report.audit_facts import milliseconds, part, word
from azremediate.report.escape import terminal

_SEVERITIES = {"success": 3, "skipped": 3, "unknown": 6, "failure": 7}


def cef_lines(record: JsonObject, digest: str) -> Iterator[str]:
    """The line of one record; `digest` is its hash."""
    event = word(record, "event")
    severity = _SEVERITIES.get(word(record, "outcome"), 5)
    version = word(part(record, "tool"), "version")
    head = "|".join(_head(text) for text in ("azremediate", "azremediate", version, event, event.replace(".", " ")))
    members = " ".join(f"{name}={_value(text)}" for name, text in _members(record, digest) if text)
    yield f"CEF:0|{head}|{severity}|{members}"


def _members(record: JsonObject, digest: str) -> Iterator[tuple[str, str]]:
    target, api, actor = part(record, "target"), part(record, "api"), part(record, "actor")
    yield "rt", str(milliseconds(record))
    yield "externalId", word(record, "seq")
    yield "outcome", word(record, "outcome")
    yield "reason", word(record, "reason")
    yield "act", word(record, "step")
    yield "suid", word(actor, "object_id")
    yield "suser", word(actor, "user_principal_name")
    yield "shost", word(actor, "host")
    yield "duid", word(target, "id")
    yield "duser", word(target, "display_name")
    yield "requestMethod", word(api, "method")
    yield "request", word(api, "path")
    labelled = (
        ("cs1", "runId", word(record, "run_id")),
        ("cs2", "planId", word(record, "plan_id")),
        ("cs3", "changeId", word(record, "change_id")),
        ("cs4", "requestId", word(api, "request_id")),
        ("cs5", "tenantId", word(actor, "tenant_id")),
        ("cs6", "recordHash", digest),
        ("cn1", "httpStatus", word(api, "status")),
    )
    for name, label, text in labelled:
        if text:
            yield f"{name}Label", label
            yield name, text


def _head(text: str) -> str:
    return terminal(text).replace("\\", "\\\\").replace("|", "\\|")


def _value(text: str) -> str:
    """The value of a member; line ends are made visible before, so that a record stays one line."""
    return terminal(text).replace("\\", "\\\\").replace("=", "\\=")
