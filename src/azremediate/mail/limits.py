"""How much of one message is looked into: what is beyond is listed as not analysed, never skipped silently."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps for one message; sizes in bytes.

    depth: of messages and archives in each other. entries: files of all archives of a message. unpacked: of all
    archives of a message together. file: of one file or text. message: of the raw message. seconds: of the clock, for
    taking it apart and for searching it, each.
    """

    depth: int = 20
    entries: int = 2000
    unpacked: int = 200_000_000
    file: int = 50_000_000
    message: int = 150_000_000
    seconds: float = 60.0
