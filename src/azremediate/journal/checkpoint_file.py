"""Files of checkpoints: the one beside each chain, and those that somebody kept elsewhere."""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from azremediate.core.codec import ShapeError
from azremediate.core.errors import InputInvalid
from azremediate.journal import audit_file
from azremediate.journal.checkpoint import Checkpoint, checkpoint_in
from azremediate.journal.signed_note import SignedNote, parse_note
from azremediate.journal.state_directory import unwritable

NAME = "checkpoints.txt"
"""The file of a chain's own checkpoints, in the tenant's folder of the audit log."""

MEMBER = "checkpoint"
"""The member of the one-line form that holds the note."""

_LONGEST_LINE = 8192
_LARGEST_NOTE = 64 * 1024
_ONE_LINE = f'{{"{MEMBER}":"'


@dataclass(frozen=True, slots=True)
class KeptNote:
    """One note of a file: in which line it begins, and at which byte it ends."""

    line: int
    end: int
    note: SignedNote
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Torn:
    """What stands behind the last whole note: a process died while it wrote, or somebody cut the file."""

    line: int


def one_line(note: SignedNote) -> str:
    """A note as one line of JSON, for logs."""
    return json.dumps({MEMBER: note.encode()}, separators=(",", ":"))


def stored(note: SignedNote) -> bytes:
    """A note as it stands in a file of notes: an empty line ends it."""
    return f"{note.encode()}\n".encode()


def own_notes(file: Path) -> Iterator[KeptNote | Torn]:
    """The notes of a chain's own file in their order; nothing when it is not there.

    Raises `ShapeError` with the line for anything that is no checkpoint, `IntegrityBroken` when it cannot be read.
    """
    if audit_file.size_of(file) == 0:
        return
    try:
        with file.open("rb") as opened:
            end = 0
            for line, content in _blocks(iter(lambda: opened.readline(_LONGEST_LINE), b"")):
                if not content.endswith(b"\n\n"):
                    yield Torn(line)
                    return
                end += len(content)
                try:
                    note = parse_note(content[:-1].decode("utf-8", "replace"))
                    found = checkpoint_in(note)
                except ShapeError as problem:
                    raise ShapeError(f"line {line}: {problem}") from None
                yield KeptNote(line, end, note, found)
    except OSError as error:
        raise audit_file.unreadable(file, error) from None


def cut(file: Path, end: int) -> None:
    """Remove what stands behind the last whole note."""
    try:
        os.truncate(file, end)
    except OSError as error:
        raise unwritable(f"{file} cannot be written", error) from None


def kept_notes(file: Path) -> list[tuple[SignedNote, Checkpoint]]:
    """The checkpoints in a file that somebody kept: notes, or lines of logs that hold the one-line form.

    Raises `InputInvalid` when it cannot be read, or holds none.
    """
    found: list[tuple[SignedNote, Checkpoint]] = []
    try:
        for text in _texts(file):
            note = parse_note(text)
            found.append((note, checkpoint_in(note)))
    except OSError as error:
        raise InputInvalid(f"cannot be read: {error.strerror}", file=str(file)) from None
    except ShapeError as problem:
        raise InputInvalid(f"this is no checkpoint: {problem}", file=str(file), hint="see docs/audit.md") from None
    if not found:
        raise InputInvalid("holds no checkpoint", file=str(file), hint="see docs/audit.md")
    return found


def _blocks(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Text, empty line, signatures, empty line: each such block with the number of its first line."""
    first, block, divided = 1, b"", False
    for number, line in enumerate(lines, 1):
        block += line
        if len(block) > _LARGEST_NOTE:
            raise ShapeError(f"line {first}: no checkpoint is so long")
        if line == b"\n" and divided:
            yield first, block
            first, block, divided = number + 1, b"", False
        elif line == b"\n":
            divided = True
    if block:
        yield first, block


def _texts(file: Path) -> Iterator[str]:
    """The notes in a file: those in the one-line form when there is any, whatever else its lines say."""
    plain = True
    for line in _lines(file):
        text = line.decode("utf-8", "replace")
        if (at := text.find(_ONE_LINE)) < 0:
            continue
        plain = False
        try:
            value, _ = json.JSONDecoder().raw_decode(text[at:])
        except ValueError:
            raise ShapeError("a line was cut") from None
        yield str(value[MEMBER])
    if plain:
        for _, content in _blocks(_lines(file)):
            yield content.decode("utf-8", "replace").rstrip("\n") + "\n"


def _lines(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while line := opened.readline(_LONGEST_LINE):
            yield line.replace(b"\r\n", b"\n")
