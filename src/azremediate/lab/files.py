"""The files a lab reads from its user and writes for clients, with errors that fit in one sentence."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any


class LabFileError(ValueError):
    """Raised for a file the lab cannot use; the text names the file, the line where known, and what is wrong."""


def read_json_file(path: Path) -> Any:
    """Return the content of a JSON file; raises LabFileError."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LabFileError(f"{path}: cannot be read ({error.strerror or 'input/output error'})") from error
    except UnicodeDecodeError as error:
        raise LabFileError(f"{path}: is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        raise LabFileError(f"{path}, line {error.lineno}: {error.msg}") from error
    except RecursionError as error:
        raise LabFileError(f"{path}: is nested too deeply") from error


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, replacing what was there."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
