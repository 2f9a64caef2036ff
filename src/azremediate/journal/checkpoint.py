"""A checkpoint: how many records a chain had, the root of the tree over them, and when that was signed.

Its text is that of c2sp.org/tlog-checkpoint: origin, size and root, each in a line, then one extension line with the
time.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime

from azremediate.core.codec import ShapeError
from azremediate.journal.signed_note import SignedNote

_ORIGIN = re.compile(r"azremediate/[0-9A-Za-z-]+/[0-9a-f]{32}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")
_TIME = "time "
_ROOT_SIZE = 32


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a signature stands for. `origin` names the chain, `root` has 32 bytes, `time` is RFC 3339 text."""

    origin: str
    size: int
    root: bytes
    time: str

    @property
    def text(self) -> str:
        """The lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n{_TIME}{self.time}\n"


def origin_of(tenant_id: str, chain_id: str) -> str:
    """The name of a tenant's chain; it is the name of its keys as well."""
    return f"azremediate/{tenant_id}/{chain_id}"


def checkpoint_in(note: SignedNote) -> Checkpoint:
    """The checkpoint that a note is about; `ShapeError` when it is about something else."""
    lines = note.text.split("\n")
    if len(lines) != 5 or not _ORIGIN.fullmatch(lines[0]) or not _SIZE.fullmatch(lines[1]):
        raise ShapeError("it is no checkpoint")
    try:
        root = base64.b64decode(lines[2], validate=True)
        datetime.fromisoformat(lines[3].removeprefix(_TIME))
    except (binascii.Error, ValueError):
        raise ShapeError("its root or its time has another form") from None
    found = Checkpoint(lines[0], int(lines[1]), root, lines[3].removeprefix(_TIME))
    if len(root) != _ROOT_SIZE or found.text != note.text:
        raise ShapeError("it is not in its one exact form")
    return found
