"""Read a whole file that somebody else wrote, but never more of it than a limit."""

from pathlib import Path

from azremediate.core.errors import InputInvalid

BOM = b"\xef\xbb\xbf"


def read_bounded(
    path: Path, limit: int, *, missing: str = "", error: type[InputInvalid] = InputInvalid, what: str = "the file"
) -> bytes:
    """The bytes of a file of at most `limit` bytes; a pipe that never ends is left after the limit.

    Raises `error`; `missing` is the hint for a file that is not there.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(limit + 1)
    except FileNotFoundError:
        raise error(f"{what} does not exist", file=str(path), hint=missing) from None
    except IsADirectoryError:
        raise error("is a folder, not a file", file=str(path), hint="name the file in it") from None
    except PermissionError:
        raise error(f"{what} may not be read", file=str(path), hint="check its permissions") from None
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else "its name is not usable"
        raise error(f"{what} cannot be read: {reason}", file=ascii(str(path))[1:-1]) from None
    if len(content) > limit:
        raise error(f"{what} is larger than {_size(limit)}", file=str(path), hint="split it into several files")
    return content


def decode_text(content: bytes, file: str, error: type[InputInvalid] = InputInvalid) -> str:
    """UTF-8 with or without byte order mark as text; any other encoding raises `error` with the first bad line."""
    try:
        return content.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as problem:
        line = content.removeprefix(BOM).count(b"\n", 0, problem.start) + 1
        raise error("is not UTF-8 text", file=file, line=line, hint="save the file as UTF-8") from None


def _size(limit: int) -> str:
    return f"{limit >> 20} MiB" if limit >> 20 else f"{limit >> 10} KiB"
