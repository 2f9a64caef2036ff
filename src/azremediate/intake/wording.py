"""How intake words its messages: what may be quoted from a file, what smells of a secret, and what was meant."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

EXCERPT = 40
MOST_SHOWN = 50
SECRET_WORDS = ("secret", "passw", "passphrase", "token", "credential", "apikey", "accesskey", "privatekey")
SECRET_NAMES = ("value", "key", "pwd", "pass")


def quoted(text: str) -> str:
    """At most 40 characters of a name in quotes, with everything unprintable escaped."""
    return in_quotes(text[:EXCERPT]) + ("…" if len(text) > EXCERPT else "")


def in_quotes(text: str) -> str:
    """Text in quotes in which no character moves the cursor, turns the direction or hides."""
    inner = "".join(char if char.isprintable() else f"\\u{{{ord(char):x}}}" for char in text)
    return f"'{inner}'"


def meant(given: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?` for the closest known name, whatever its case, or nothing."""
    by_lower = {name.lower(): name for name in known}
    close = get_close_matches(given.strip().lower(), by_lower, n=1)
    return f"did you mean '{by_lower[close[0]]}'?" if close else ""


def suggest(given: str, known: Sequence[str], otherwise: str) -> str:
    """`did you mean 'x'?`, or what is known when nothing is close."""
    return meant(given, known) or f"{otherwise}: {', '.join(known) or 'none'}"


def numbers(lines: Sequence[int], most: int = 10) -> str:
    """Line numbers for a sentence: `line 3`, or `lines 3, 5 and 7 more`."""
    shown = ", ".join(str(line) for line in lines[:most])
    rest = f" and {len(lines) - most} more" if len(lines) > most else ""
    return f"line {shown}" if len(lines) == 1 else f"lines {shown}{rest}"


def smells_of_secret(name: str) -> bool:
    """Whether a key or column of this name would hold a secret value."""
    plain = "".join(char for char in name.lower() if char.isalnum())
    return plain in SECRET_NAMES or any(word in plain for word in SECRET_WORDS)
