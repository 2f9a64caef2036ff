"""Ordinary words around secrets; data in `rules/words.toml`."""

import tomllib
from functools import cache

from azremediate.mail.labels import RULES


@cache
def after_label() -> frozenset[str]:
    """Words that follow a label in a sentence and are no value, in lower case."""
    return _words("after_label")


@cache
def in_sentences() -> frozenset[str]:
    """Words of which sentences are made and passphrases seldom, in lower case."""
    return _words("in_sentences")


@cache
def before_name() -> frozenset[str]:
    """Words after which a token is a name, in lower case."""
    return _words("before_name")


def alternatives(group: str) -> str:
    """The expressions of a group (`verbs_sure`, `verbs_weak`, `verbs_then`) as one."""
    return "|".join(_table()[group])


def _words(group: str) -> frozenset[str]:
    return frozenset(_table()[group])


@cache
def _table() -> dict[str, list[str]]:
    return tomllib.loads((RULES / "words.toml").read_text(encoding="utf-8"))
