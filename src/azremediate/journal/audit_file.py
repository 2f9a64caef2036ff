"""One file of the audit log, which only ever grows."""

import os
from pathlib import Path

from azremediate.core.errors import IntegrityBroken
from azremediate.journal.durable_folder import flush_folder, make_folders
from azremediate.journal.state_directory import REMEDY, unwritable

EVIDENCE = "keep the whole state directory as evidence, see `azremediate audit verify`, and set another `state.path`"
"""What to do when the audit log is not what was written."""

_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


def append(file: Path, start: int, content: bytes) -> None:
    """Append to a file that must be `start` bytes long, and return when the content is on disk.

    Raises `IntegrityBroken` when the file has another length, or cannot take all of it at once: then its tail is
    incomplete, and nothing more may be appended before that tail is.
    """
    try:
        made = not file.exists()
        if made:
            make_folders(file.parent, mode=0o700)
        descriptor = os.open(file, _FLAGS, 0o600)
        try:
            if os.fstat(descriptor).st_size != start:
                raise IntegrityBroken(f"the audit log {file} was changed by somebody else", hint=EVIDENCE)
            if os.write(descriptor, content) != len(content):
                raise IntegrityBroken(f"the audit log {file} cannot be written: the disk is full", hint=REMEDY)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if made:
            flush_folder(file.parent)
    except OSError as error:
        raise unwritable(f"the audit log {file} cannot be written", error) from None


def size_of(file: Path) -> int:
    """The file's length in bytes, 0 when it is not there; `IntegrityBroken` when it is not a plain file."""
    if file.is_symlink():
        raise IntegrityBroken(f"the audit log {file} is a symbolic link", hint=EVIDENCE)
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise unreadable(file, error) from None


def read_part(file: Path, start: int, length: int) -> bytes:
    """Up to `length` bytes from `start` on."""
    if length == 0:
        return b""
    try:
        with file.open("rb") as opened:
            opened.seek(start)
            return opened.read(length)
    except OSError as error:
        raise unreadable(file, error) from None


def unreadable(file: Path, error: OSError) -> IntegrityBroken:
    """The error for a file of the log that cannot be read."""
    return IntegrityBroken(f"the audit log {file} cannot be read: {error.strerror}", hint=EVIDENCE)
