"""A recording of a browser's traffic (HAR 1.2) as text: headers, queries, forms and bodies, names before values."""

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any, Final

_MOST_ENTRIES: Final = 20_000
_MOST: Final = 50_000_000
"""Exchanges and characters of one recording that are read."""


def recorded_traffic(text: str) -> str | None:
    """What was sent and answered, one thing a line; None when the text is no such recording.

    In the file itself bodies are texts within texts, escaped twice or coded in base64, where no label stands before its
    value. Source: http://www.softwareishard.com/blog/har-12-spec/
    """
    if '"entries"' not in text:
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    entries = _member(_member(document, "log"), "entries")
    if not isinstance(entries, list):
        return None
    lines = [line for entry in entries[:_MOST_ENTRIES] for line in _exchange(entry)]
    return "\n".join(lines)[:_MOST]


def _exchange(entry: Any) -> Iterator[str]:
    request, response = _member(entry, "request"), _member(entry, "response")
    yield f"{_text(request, 'method')} {_text(request, 'url')}"
    yield from _pairs(_member(request, "headers"), ": ")
    yield from _pairs(_member(request, "queryString"), "=")
    sent = _member(request, "postData")
    yield from _pairs(_member(sent, "params"), "=")
    yield _text(sent, "text")
    yield from _pairs(_member(response, "headers"), ": ")
    yield _body(_member(response, "content"))


def _pairs(items: Any, between: str) -> Iterator[str]:
    for item in items if isinstance(items, list) else ():
        yield f"{_text(item, 'name')}{between}{_text(item, 'value')}"


def _body(content: Any) -> str:
    text = _text(content, "text")
    if _text(content, "encoding").lower() != "base64":
        return text
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""  # a picture, or damaged; the file itself is searched as well


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _text(value: Any, name: str) -> str:
    found = _member(value, name)
    return found if isinstance(found, str) else ""
