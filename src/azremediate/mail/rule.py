"""A rule: how a secret of one format looks, kept as data in `rules/`."""

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from azremediate.core.finding import Tier
from azremediate.mail.labels import RULES

_NO_RULES = {"labels", "words", "tokens"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One format. Expressions are bytes in the subset that Hyperscan and `re` take: no look-around, no back-reference.

    anchor: a short expression within one line that stands in each such secret. needs: texts of which one is in each
    match of the anchor, in lower case when the rule ignores case; where none is, the anchor is not tried. pattern: the
    whole, the value in the group `value`; other groups are claims by their name. lines: how many lines from the
    anchor's on may belong to it. checks: names of `rule_check.CHECKS`, with a parameter after a colon. yes, no:
    examples for the tests, `<<w 34>>` stands for 34 random characters of a class.
    """

    name: str
    kind: str
    tier: Tier
    anchor: bytes
    needs: tuple[bytes, ...]
    pattern: "re.Pattern[bytes]"
    lines: int = 1
    ignore_case: bool = False
    checks: tuple[str, ...] = ()
    claims: dict[str, str] = field(default_factory=dict)
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of every family, in the order of names; the first of two that find the same is kept."""
    found = []
    for file in sorted(RULES.glob("*.toml")):
        if file.stem not in _NO_RULES:
            found += [_rule(entry, file.name) for entry in tomllib.loads(file.read_text(encoding="utf-8"))["rule"]]
    return tuple(found)


def _rule(entry: dict[str, Any], file: str) -> Rule:
    known = {
        "name",
        "kind",
        "tier",
        "anchor",
        "needs",
        "pattern",
        "lines",
        "ignore_case",
        "checks",
        "claims",
        "yes",
        "no",
    }
    if unknown := set(entry) - known:
        raise ValueError(f"{file}: rule {entry['name']} has unknown members {sorted(unknown)}")
    ignore = bool(entry.get("ignore_case"))
    return Rule(
        name=entry["name"],
        kind=entry["kind"],
        tier=Tier(entry.get("tier", "T1")),
        anchor=entry["anchor"].encode("latin-1"),
        needs=tuple(text.encode("latin-1") for text in entry["needs"]),
        pattern=re.compile(entry["pattern"].encode("latin-1"), re.IGNORECASE if ignore else 0),
        lines=entry.get("lines", 1),
        ignore_case=ignore,
        checks=tuple(entry.get("checks", ())),
        claims=dict(entry.get("claims", {})),
        yes=tuple(entry["yes"]),
        no=tuple(entry.get("no", ())),
    )
