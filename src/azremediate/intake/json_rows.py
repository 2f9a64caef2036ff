"""The objects of a JSON array or of JSON Lines, one after the other, each with where it stands."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from azremediate.core.errors import InputInvalid
from azremediate.intake.bounded_file import decode_text

MAX_LINE = 1 << 20
MAX_JSON_VALUES = 4_000_000

_DEEPEST = 50
_JSON_HINT = "write [{...}, {...}], or one object per line"


class JsonObject(list[tuple[str, Any]]):
    """A JSON object as its pairs, so that a repeated key is seen; numbers are the texts they were written as."""


@dataclass(frozen=True, slots=True)
class JsonRow:
    """One object, or why it is none; `line` is the line in JSON Lines and the position, from 1, in an array."""

    line: int
    pairs: JsonObject
    unreadable: str = ""


def json_lines(body: bytes, file: str, *, sure: bool) -> Iterator[JsonRow]:
    """One object on each line; `sure` says that the file's name promises it, so that a broken line is only one row."""
    for line, content in enumerate(io.BytesIO(body), start=1):
        if not content.strip():
            continue
        if len(content) > MAX_LINE:
            yield JsonRow(line, JsonObject(), "the line is longer than 1 MiB")
            continue
        try:
            value = _decoder().decode(content.decode("utf-8").strip())
        except UnicodeDecodeError:
            raise InputInvalid("is not UTF-8 text", file=file, line=line, hint="save the file as UTF-8") from None
        except (ValueError, RecursionError):
            if not sure:  # one object over several lines, rather than lines that are each broken
                raise InputInvalid("is neither a JSON array nor JSON Lines", file=file, hint=_JSON_HINT) from None
            yield JsonRow(line, JsonObject(), "is not a JSON object on one line")
            continue
        sure = True
        yield _json_row(line, value)


def json_array(body: bytes, file: str) -> Iterator[JsonRow]:
    """The items one after the other, so that memory holds one of them at a time."""
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MAX_JSON_VALUES:
        raise InputInvalid("holds too many values", file=file, hint="split it into several files")
    text = decode_text(body, file)
    decoder = _decoder()
    at = _after_space(text, 0)
    if text[at] != "[":
        raise InputInvalid("is not a JSON array of objects", file=file, hint=_JSON_HINT)
    at = _after_space(text, at + 1)
    position = 0
    while text[at : at + 1] != "]" or position:
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            spot = error.pos if isinstance(error, json.JSONDecodeError) else at
            raise _not_json(text, spot, file) from None
        position += 1
        yield _json_row(position, value)
        at = _after_space(text, at)
        mark = text[at : at + 1]
        if mark == "]":
            break
        if mark != ",":
            raise _not_json(text, at, file)
        at = _after_space(text, at + 1)
    if text[at + 1 :].strip():
        raise _not_json(text, at + 1, file)


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=JsonObject, parse_constant=_refuse_constant, parse_int=str, parse_float=str
    )


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _after_space(text: str, at: int) -> int:
    while text[at : at + 1] and text[at] in " \t\r\n":
        at += 1
    return at


def _not_json(text: str, at: int, file: str) -> InputInvalid:
    line = text.count("\n", 0, at) + 1
    return InputInvalid("is not valid JSON", file=file, line=line, column=at - text.rfind("\n", 0, at))


def _json_row(line: int, value: object) -> JsonRow:
    if not isinstance(value, JsonObject):
        return JsonRow(line, JsonObject(), "is not a JSON object")
    if any(_deep(item, _DEEPEST) for _, item in value):
        return JsonRow(line, JsonObject(), "is nested too deep")
    return JsonRow(line, value)


def _deep(value: object, left: int) -> bool:
    """Whether a value is nested deeper than `left` levels; how deep Python itself can go differs between versions."""
    if not isinstance(value, list | tuple | dict):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return left <= 0 or any(_deep(item, left - 1) for item in inner)


def as_text(value: object) -> str:
    """A text as it is, nothing as nothing, and whatever else stands in a column of the writer's own as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: object) -> object:
    """A nested value with its objects as objects again."""
    if isinstance(value, JsonObject):
        return {name: _plain(item) for name, item in value}
    return [_plain(item) for item in value] if isinstance(value, list) else value
