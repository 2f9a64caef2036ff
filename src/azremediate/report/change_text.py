"""Planned changes as text: by phase, then by identity, each with its reason, its effect and how it is undone."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from azremediate.core.change import Change, Phase, Risk, UndoClass
from azremediate.report.escape import terminal
from azremediate.report.phrases import count, differences, target_line

_PHASES = {
    Phase.CONTAIN: "cut the attacker off",
    Phase.EVICT: "take away what the attacker holds",
    Phase.ROTATE: "replace credentials",
    Phase.RESTORE: "bring back into service",
    Phase.HARDEN: "make it harder to come back",
}
_UNDO = {
    UndoClass.REVERSIBLE: "reversible",
    UndoClass.RECREATABLE: "can be made again",
    UndoClass.RESTORABLE: "can be restored for a time",
    UndoClass.IRREVERSIBLE: "IRREVERSIBLE",
    UndoClass.NOT_WANTED: "not wanted",
}


def changes_text(changes: Sequence[Change], width: int | None = None) -> Iterator[str]:
    """The lines of all changes, in the order in which they will be made; `width` cuts names."""
    for number, (phase, of_phase) in enumerate(groupby(changes, key=lambda change: change.phase), start=1):
        found = list(of_phase)
        yield ""
        yield f"{number}. {phase.upper()}: {_PHASES[phase]} ({count(len(found), 'change')})"
        by_identity: dict[str, list[Change]] = {}
        for change in found:
            by_identity.setdefault(change.target.app_id or change.target.id, []).append(change)
        for same in by_identity.values():
            yield ""
            yield f"  {target_line(same[0].target, width)}"
            for change in same:
                yield from change_text(change)


def change_text(change: Change) -> Iterator[str]:
    """The lines of one change."""
    mark = "!" if change.undo_class is UndoClass.IRREVERSIBLE else "~"
    yield f"  {mark} {change.action}: {terminal(change.summary)}  [{change.change_id[:8]}]"
    for line in differences(change.before, change.after):
        yield f"      {line}"
    for reason in change.evidence:
        yield f"      why   {terminal(reason)}"
    note = f": {terminal(change.undo_note)}" if change.undo_note else ""
    yield f"      undo  {_UNDO[change.undo_class]}{note}"
    if change.risk is not Risk.LOW:
        yield f"      risk  {change.risk}"
    for other in change.depends_on:
        yield f"      after {other[:8]} succeeded"
    for warning in change.warnings:
        yield f"      warning: {terminal(warning)}"


def irreversible(changes: Sequence[Change]) -> int:
    """How many of the changes cannot be undone."""
    return sum(change.undo_class is UndoClass.IRREVERSIBLE for change in changes)


def identities(changes: Sequence[Change]) -> int:
    """How many identities the changes touch."""
    return len({change.target.app_id or change.target.id for change in changes})
