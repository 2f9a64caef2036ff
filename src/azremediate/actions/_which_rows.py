"""Which of the rows that an identity holds are taken away: all, those added after the exposure, or the risky ones."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from azremediate.actions._added_since import Age
from azremediate.core.change import Skip
from azremediate.core.json_value import JsonObject, text_at


class Which(StrEnum):
    """Which rows go."""

    ALL = "all"
    ADDED_AFTER = "added-after"
    RISKY = "risky"


WHICH_HELP: Mapping[str, str] = {
    "help": "all, added-after (the list's exposed_at) or risky (permissions that attackers ask for)"
}
ONLY_HELP: Mapping[str, str] = {"help": "ids of those that go; without it, all that `which` names"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rows that go, and what a reviewer has to know about the rest."""

    rows: tuple[JsonObject, ...]
    warnings: tuple[str, ...] = ()


def choose(
    rows: Sequence[JsonObject],
    noun: str,
    *,
    which: Which,
    only: Sequence[str],
    ages: JsonObject,
    gap: str = "",
    risky: Callable[[JsonObject], bool] = lambda _row: False,
) -> Chosen | Skip:
    """The rows that go, or why none does.

    ages: an `Age` for each id, for `added-after`. gap: why some of these are not known. A row of unknown age stays, and
    that is no "nothing to do".
    """
    wanted = {one.casefold() for one in only}
    known = {text_at(row, "id").casefold() for row in rows}
    if strangers := [one for one in only if one.casefold() not in known]:
        return Skip(f"it has no {noun} with the id {strangers[0][:200]}", done=False)
    named = [row for row in rows if not wanted or text_at(row, "id").casefold() in wanted]
    if which is Which.RISKY:
        named = [row for row in named if risky(row)]
    if which is not Which.ADDED_AFTER:
        return Chosen(tuple(named)) if named else Skip(_nothing(noun, which))
    unknown = [row for row in named if text_at(ages, text_at(row, "id")) == Age.UNKNOWN]
    named = [row for row in named if text_at(ages, text_at(row, "id")) == Age.AFTER]
    if not named and unknown:
        return Skip(f"when {len(unknown)} of them came is not known: {gap}", done=False)
    if not named:
        return Skip(_nothing(noun, which))
    warning = f"{len(unknown)} more stay, because it is not known when they came: {gap}"
    return Chosen(tuple(named), (warning,) if unknown else ())


def _nothing(noun: str, which: Which) -> str:
    kind = {Which.ALL: "", Which.RISKY: " with a risky permission", Which.ADDED_AFTER: " added after the exposure"}
    return f"it has no {noun}{kind[which]}"
