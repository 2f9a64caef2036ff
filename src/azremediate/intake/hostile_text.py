"""What is never taken over from text that somebody else wrote: hidden characters in names, and client secrets."""

import re

REMOVED = "[removed]"

_HIDDEN = re.compile(r"[\x00\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_HALF = re.compile(r"[\ud800-\udfff]")
# The form that Microsoft's service gives client secrets since 2021 (not documented; seen in every new secret).
_CLIENT_SECRET = re.compile(r"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}")


def has_hidden(text: str) -> bool:
    """Whether a text has a NUL, half a character, or a character that changes the reading direction."""
    return _HIDDEN.search(text) is not None


def looks_like_secret(text: str) -> bool:
    """Whether there is something in a text that has the form of a client secret."""
    return _CLIENT_SECRET.search(text) is not None


def without_secrets(text: str) -> tuple[str, bool]:
    """A text without what looks like client secrets and without half characters, and whether there was a secret."""
    cleaned, found = _CLIENT_SECRET.subn(REMOVED, _HALF.sub("\N{REPLACEMENT CHARACTER}", text))
    return cleaned, found > 0
