"""A recording of a browser's traffic (HAR 1.2) as text: headers, queries, forms and bodies, names before values."""

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus

from azremediate.mail.decoded_text import decoded, is_text

_MOST_ENTRIES: Final = 20_000
_MOST: Final = 50_000_000
_MOST_VALUES: Final = 3_000_000
"""Exchanges, characters and values of one recording that are read; as a text the whole file is searched in any case."""


def recorded_traffic(text: str) -> str | None:
    """What was sent and answered, one thing a line; None when the text is no such recording.

    In the file itself bodies are texts within texts, escaped twice or coded in base64, where no label stands before its
    value. Source: http://www.softwareishard.com/blog/har-12-spec/
    """
    if '"entries"' not in text or text.count(",") + text.count("[") > _MOST_VALUES:
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


def may_be_recorded(text: str) -> bool:
    """Whether a text of any name begins as a recording does."""
    return text[:1] in "{ \r\n\t\ufeff" and '"log"' in text[:200] and text[:200].lstrip("\ufeff \r\n\t").startswith("{")


def _exchange(entry: Any) -> Iterator[str]:
    request, response = _member(entry, "request"), _member(entry, "response")
    yield f"{_text(request, 'method')} {_text(request, 'url')}"
    yield from _pairs(_member(request, "headers"), ": ")
    yield from _pairs(_member(request, "queryString"), "=")
    sent = _member(request, "postData")
    yield from _pairs(_member(sent, "params"), "=")
    yield from _form(_text(sent, "text"))
    yield from _pairs(_member(response, "headers"), ": ")
    yield _body(_member(response, "content"))
    messages = _member(entry, "_webSocketMessages")
    for message in messages if isinstance(messages, list) else ():
        yield _text(message, "data")


def _pairs(items: Any, between: str) -> Iterator[str]:
    for item in items if isinstance(items, list) else ():
        value = _text(item, "value")
        yield f"{_text(item, 'name')}{between}{unquote_plus(value) if between == '=' and '%' in value else value}"


def _form(text: str) -> Iterator[str]:
    """What was posted; fields of a form as a person typed them, for a `~` of a secret is often sent as `%7E`."""
    if "%" not in text or "=" not in text or text.lstrip().startswith(("{", "[", "<")):
        yield text
        return
    try:
        fields = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_ENTRIES)
    except ValueError:
        yield text
        return
    for name, value in fields:
        yield f"{name}={value}"


def _body(content: Any) -> str:
    text = _text(content, "text")
    if _text(content, "encoding").lower() != "base64":
        return text
    try:
        body = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return ""  # damaged; the file itself is searched as well
    return decoded(body) if is_text(body) else ""


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _text(value: Any, name: str) -> str:
    found = _member(value, name)
    return found if isinstance(found, str) else ""
