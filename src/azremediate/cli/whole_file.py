"""Writes a file as a whole or not at all, for its owner's eyes only."""

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from azremediate.core.errors import AzremediateError, InputInvalid


def write_whole(path: Path, content: bytes, what: str) -> None:
    """Put `content` into a file with mode 0600; an existing file is replaced in one step.

    what: e.g. `the plan`, for messages. Raises `InputInvalid` when the folder cannot take it, `AzremediateError` when
    writing fails, e.g. on a full disk; then the old file is untouched and nothing is left over.
    """
    _write(path, (content,), what)


def write_parts(path: Path, parts: Iterable[bytes], what: str) -> None:
    """Put the parts into a file one after the other as `write_whole` does, without holding all of them."""
    _write(path, parts, what)


def write_lines(path: Path, lines: Iterable[str], what: str) -> int:
    """Put the lines into a file as `write_whole` does, without holding all of them; how many there were."""
    return _write(path, (f"{line}\n".encode() for line in lines), what)


def _write(path: Path, parts: Iterable[bytes], what: str) -> int:
    count = 0
    if path.is_dir():
        raise InputInvalid(f"is a folder, {what} needs a file", file=str(path), hint="name a file with -o")
    try:
        descriptor, name = tempfile.mkstemp(prefix=".azremediate-", suffix=".tmp", dir=path.parent)
    except FileNotFoundError:
        raise InputInvalid(
            "the folder does not exist", file=str(path.parent), hint="make it, or name a file in another folder with -o"
        ) from None
    except OSError as error:
        raise _unwritable(path, what, error) from None
    scratch = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            for part in parts:
                stream.write(part)
                count += 1
            stream.flush()
            os.fsync(stream.fileno())
        scratch.replace(path)
    except OSError as error:
        raise _unwritable(path, what, error) from None
    finally:
        with suppress(OSError):
            scratch.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return count


def _sync_folder(folder: Path) -> None:
    """Make the new name durable where folders can be synchronised (not on Windows)."""
    if os.name == "nt":
        return
    with suppress(OSError):  # some file systems refuse it; the content itself is durable already
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _unwritable(path: Path, what: str, error: OSError) -> AzremediateError:
    reason = error.strerror or type(error).__name__
    return AzremediateError(
        f"{path}: {what} could not be written: {reason}", hint="free some space or choose another place with -o"
    )
