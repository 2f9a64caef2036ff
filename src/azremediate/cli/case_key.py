"""The key of a case: fingerprints under it tell equal values without showing them."""

import os
import re
import secrets
from pathlib import Path

from azremediate.cli.whole_file import write_whole
from azremediate.core.errors import InputInvalid

VARIABLE = "AZREMEDIATE_CASE_KEY"
_SHAPE = re.compile(r"[0-9a-fA-F]{64,128}")


def case_key(file: Path | None, output: Path) -> bytes:
    """The key from the environment, from a file, or a new one that is kept beside the output (0600).

    A file that is named has to exist. Raises `InputInvalid` when a key is not 64 to 128 hexadecimal digits.
    """
    if (given := os.environ.get(VARIABLE)) is not None:
        return _parsed(given, VARIABLE)
    path = file or output.with_name(output.name + ".key")
    if path.exists() or file is not None:
        try:
            return _parsed(path.read_text(encoding="ascii", errors="replace"), str(path))
        except OSError as problem:
            hint = "name a file with 64 hexadecimal digits, or leave --case-key out for a new key"
            raise InputInvalid(problem.strerror or "cannot be read", file=str(path), hint=hint) from None
    key = secrets.token_bytes(32)
    write_whole(path, key.hex().encode() + b"\n", "the case key")
    return key


def _parsed(text: str, where: str) -> bytes:
    stripped = text.strip()
    if not _SHAPE.fullmatch(stripped) or len(stripped) % 2:
        raise InputInvalid("a case key is 64 to 128 hexadecimal digits", file=where, hint="openssl rand -hex 32")
    return bytes.fromhex(stripped)
