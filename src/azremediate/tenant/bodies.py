"""JSON at the edge: hostile bytes into plain values, and plain values with secrets into bytes at the last moment."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from azremediate.core.json_value import Json, JsonObject
from azremediate.core.secret import Secret
from azremediate.core.write import Body

MAX_BYTES: Final = 32 * 1024 * 1024
MAX_MESSAGE: Final = 150 * 1024 * 1024
"""Of a mail message, which Graph gives whole: Exchange Online's largest."""
MAX_DEPTH: Final = 32


class Unreadable(Exception):
    """An answer's body that cannot be trusted; the text says why and holds nothing of the body."""


def most_bytes(path: str) -> int:
    """How large the answer to a path may be."""
    return MAX_MESSAGE if path.endswith("/$value") else MAX_BYTES


def parse_object(body: bytes, content_type: str) -> JsonObject:
    """The JSON object in an answer, at most 32 levels deep; raises `Unreadable`."""
    if "json" not in content_type.lower():
        raise Unreadable("the answer is not JSON")
    value = _parse(body)
    if not isinstance(value, dict):
        raise Unreadable("the answer is not a JSON object")
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH and _deeper_than(value, MAX_DEPTH):
        raise Unreadable(f"the answer is nested deeper than {MAX_DEPTH} levels")
    return value


def _parse(body: bytes) -> Any:
    problem = ""
    value: Any = None
    try:
        value = json.loads(body, parse_constant=_refuse_constant)
        if b"\\ud" in body or b"\\uD" in body:
            # half a surrogate pair has no UTF-8 form and would break whoever writes the value down
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        problem = f"the answer is nested deeper than {MAX_DEPTH} levels"
    except (ValueError, UnicodeError):
        problem = "the answer is not well-formed JSON"
    if problem:  # raised outside the handler: the decoder's own error holds the whole document
        raise Unreadable(problem)
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _deeper_than(value: Any, limit: int) -> bool:
    level: list[Any] = [value]
    for _ in range(limit):
        level = [inner for holder in level for inner in _containers(holder)]
        if not level:
            return False
    return True


def _containers(holder: Any) -> Iterator[Any]:
    inner = holder.values() if isinstance(holder, dict) else holder
    return (item for item in inner if isinstance(item, dict | list))


def encode_body(body: Body) -> bytes:
    """The bytes of a request's body, with the values of its secrets; empty for None. They must not be kept."""
    if body is None:
        return b""
    return json.dumps(_expanded(body), ensure_ascii=False, separators=(",", ":")).encode()


def _expanded(body: Body) -> Json:
    if isinstance(body, Secret):
        return body.use(str)
    if isinstance(body, Mapping):
        return {key: _expanded(value) for key, value in body.items()}
    if isinstance(body, Sequence) and not isinstance(body, str):
        return [_expanded(item) for item in body]
    return body
