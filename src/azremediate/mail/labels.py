"""The words that announce a secret, in many languages; data in `rules/labels.toml`."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

RULES = Path(__file__).parent / "rules"


@dataclass(frozen=True, slots=True)
class Label:
    """One word, in lower case and Latin-1.

    kind: what it announces. whole: it counts only as a word of its own. near: it only makes values close by probable.
    hint: not even that, it says that the text around speaks of access.
    """

    word: bytes
    kind: str
    whole: bool
    near: bool
    hint: bool = False


@cache
def labels() -> tuple[Label, ...]:
    """Every label, the longest first, a word as its first group has it; letters beyond ASCII stand in both cases."""
    found: dict[bytes, Label] = {}
    for group in _table()["label"]:
        for form in {form for word in group["words"] for form in _forms(word)}:
            label = Label(
                form, group["kind"], bool(group.get("whole")), bool(group.get("near")), bool(group.get("hint"))
            )
            found.setdefault(form, label)
    return tuple(sorted(found.values(), key=lambda label: (-len(label.word), label.word)))


def _forms(word: str) -> set[bytes]:
    raised = "".join(letter if letter.isascii() else letter.upper() for letter in word)
    return {_latin(word), _latin(raised)}


def _latin(word: str) -> bytes:
    """As `text_view.as_bytes` shows it: letters that Latin-1 lacks have one mark."""
    return "".join(letter if ord(letter) < 0x100 else "\xff" for letter in word).encode("latin-1")


@cache
def foreign_labels() -> Sequence[tuple["re.Pattern[str]", str]]:
    """Labels in other scripts, each with an English one of the same length to stand for it."""
    words = sorted(_table()["foreign"].items(), key=lambda item: (-len(item[0]), item[0]))
    return tuple((re.compile(re.escape(word), re.IGNORECASE), english) for word, english in words)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((RULES / "labels.toml").read_text(encoding="utf-8"))
