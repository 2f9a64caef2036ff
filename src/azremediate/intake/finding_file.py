"""The file of findings that `scan` wrote, one JSON object on a line; whoever held it may have changed it."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from azremediate.core.codec import ShapeError, decode
from azremediate.core.errors import InputInvalid
from azremediate.core.finding import Finding
from azremediate.core.finding_list import FindingList
from azremediate.intake.bounded_file import decode_text, read_bounded
from azremediate.intake.hostile_text import has_hidden

MAX_BYTES = 512 << 20
MAX_LINE = 1 << 20
_HINT = "write it with `azremediate scan SOURCE -o FILE`"
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_FINDING_ID = re.compile(r"F-[0-9a-f]{8,64}")


def read_findings(path: Path, *, strict: bool = False) -> FindingList:
    """The findings of a file; a line that is none is listed with its number and reason, and the others go on.

    strict: such a line raises `InputInvalid`. A file without any usable line raises it as well.
    """
    file = str(path)
    data = read_bounded(path, MAX_BYTES, missing=_HINT, what="the findings")
    findings, rejected, rows = [], [], 0
    for number, line in _lines(decode_text(data, file)):
        rows += 1
        found = _finding(line)
        if isinstance(found, Finding):
            findings.append(found)
        elif strict:
            raise InputInvalid(found, file=file, line=number, hint=_HINT)
        else:
            rejected.append((number, found))
    if rows and not findings:
        raise InputInvalid(f"holds no finding: {rejected[0][1]}", file=file, line=rejected[0][0], hint=_HINT)
    return FindingList(path.name, hashlib.sha256(data).hexdigest(), rows, tuple(findings), tuple(rejected))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())


def _finding(line: str) -> Finding | str:
    """The finding of a line, or why there is none; the reason never repeats the line."""
    if len(line) > MAX_LINE:
        return "the line is longer than 1 MiB"
    try:
        found = decode(Finding, json.loads(line), "the finding")
    except ShapeError as problem:
        return str(problem)
    except (ValueError, RecursionError):
        return "is not a JSON object on one line"
    if not _FINGERPRINT.fullmatch(found.fingerprint) or not _FINDING_ID.fullmatch(found.finding_id):
        return "its fingerprint or finding_id is not one that scan writes"
    if len(found.hint) > 3 or any(has_hidden(text) for text in (found.hint, found.kind, found.message_id)):
        return "its hint is longer than three characters, or a text in it has hidden characters"
    return found
