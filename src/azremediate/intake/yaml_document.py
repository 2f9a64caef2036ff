"""YAML that people write, as plain data that remembers where each value stood."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from azremediate.core.errors import InputInvalid
from azremediate.core.json_value import Json
from azremediate.intake.bounded_file import decode_text, read_bounded
from azremediate.intake.wording import quoted

MAX_BYTES = 1 << 20
MAX_DEPTH = 20
MAX_VALUES = 20_000

PlainData: TypeAlias = Any
"""What a document holds: dictionaries, lists, texts, numbers, booleans and None."""

YamlPath: TypeAlias = "tuple[str | int, ...]"
Position: TypeAlias = "tuple[int, int]"

_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_REAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}(?:[eE][-+]?[0-9]{1,2})?")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_WORDS: dict[str, Json] = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A document as plain data; positions are (line, column), both from 1."""

    file: str
    data: PlainData
    values: dict[YamlPath, Position] = field(default_factory=dict)
    keys: dict[YamlPath, Position] = field(default_factory=dict)

    def position(self, path: YamlPath, *, key: bool = False) -> Position:
        """Where the value at `path` stands, or its key; for a path that is not there, its nearest holder."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, (1, 1))


def read_yaml(path: Path, *, missing: str = "", error: type[InputInvalid] = InputInvalid) -> YamlDocument:
    """The document in a file; raises `error` with line and column, and `missing` as hint when there is no file."""
    content = read_bounded(path, MAX_BYTES, missing=missing, error=error)
    return parse_yaml(content, str(path), error)


def parse_yaml(content: bytes, file: str, error: type[InputInvalid] = InputInvalid) -> YamlDocument:
    """One YAML 1.2 document of at most 1 MiB.

    Anchors, aliases, tags, directives, further documents, repeated keys, nesting deeper than 20 and more than 20,000
    values are refused. Text that only YAML 1.1 takes for something else (`no`, `on`, `0777`, dates) stays text.
    """
    if len(content) > MAX_BYTES:
        raise error("is larger than 1 MiB", file=file)
    text = decode_text(content, file, error)
    return _Builder(file, error).build(text)


def plain_scalar(text: str) -> Json:
    """What an unquoted YAML word stands for: null, true, false, a decimal number or else the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _REAL.fullmatch(text) else text


class _Builder:
    """Turns the parser's events into data, so that what is refused is refused before it is built."""

    def __init__(self, file: str, error: type[InputInvalid]) -> None:
        self._file, self._error = file, error
        self._values: dict[YamlPath, Position] = {}
        self._keys: dict[YamlPath, Position] = {}

    def build(self, text: str) -> YamlDocument:
        data: PlainData = None
        documents = 0
        try:
            events = iter(YAML(typ="safe", pure=True).parse(text))
            for event in events:
                if isinstance(event, DocumentStartEvent):
                    documents += 1
                    self._check_start(event, documents)
                    data = self._value(next(events), events, ())
        except MarkedYAMLError as problem:
            mark = problem.problem_mark or problem.context_mark
            place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            # The parser's own words quote single characters at most; its snippet of the file is left out.
            raise self._refusal(f"is not valid YAML: {problem.problem or 'syntax error'}", place) from None
        except ReaderError as problem:
            line = text.count("\n", 0, problem.position) + 1
            column = problem.position - text.rfind("\n", 0, problem.position)
            raise self._refusal("has a control character, which YAML does not allow", (line, column)) from None
        except (ValueError, OverflowError):  # an escape such as "\\U00110000" names no character
            raise self._refusal("has an escape that names no character", (1, 1)) from None
        return YamlDocument(self._file, data, self._values, self._keys)

    def _check_start(self, event: Any, documents: int) -> None:
        if documents > 1:
            raise self._refusal("has more than one YAML document", _place(event), "keep only one, without '---'")
        if event.version or event.tags:
            raise self._refusal("has a YAML directive", (1, 1), "remove the line that starts with '%'")

    def _value(self, event: Any, events: Iterator[Any], path: YamlPath) -> PlainData:
        self._check(event, path)
        self._values[path] = _place(event)
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(events, path)
        if _UNSTORABLE.search(event.value):
            raise self._refusal("has a NUL or half a character", _place(event))
        return event.value if event.style else plain_scalar(event.value)

    def _mapping(self, events: Iterator[Any], path: YamlPath) -> dict[str, PlainData]:
        found: dict[str, PlainData] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            self._check(event, path)
            if not isinstance(event, ScalarEvent):
                raise self._refusal("has a key that is not a simple word", _place(event))
            key = str(event.value)
            if key in found:
                raise self._refusal(f"the key {quoted(key)} stands here twice", _place(event), "keep one of them")
            self._keys[(*path, key)] = _place(event)
            found[key] = self._value(next(events), events, (*path, key))
        return found

    def _sequence(self, events: Iterator[Any], path: YamlPath) -> list[PlainData]:
        found: list[PlainData] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            found.append(self._value(event, events, (*path, len(found))))
        return found

    def _check(self, event: Any, path: YamlPath) -> None:
        if isinstance(event, AliasEvent) or event.anchor is not None:
            hint = "write the value out where it is used; text that starts with * or & needs quotes"
            raise self._refusal("has a YAML anchor or alias", _place(event), hint)
        if event.tag is not None:
            raise self._refusal("has a YAML tag", _place(event), "text that starts with ! needs quotes")
        if len(self._values) >= MAX_VALUES:
            raise self._refusal(f"holds more than {MAX_VALUES} values", _place(event))
        if len(path) >= MAX_DEPTH:
            raise self._refusal(f"is nested deeper than {MAX_DEPTH} levels", _place(event))

    def _refusal(self, sentence: str, place: Position, hint: str = "") -> InputInvalid:
        return self._error(sentence, file=self._file, line=place[0], column=place[1], hint=hint)


def _place(event: Any) -> Position:
    return event.start_mark.line + 1, event.start_mark.column + 1
