"""What an identity holds as rows in the directory or in Azure: taken away by id, and made again by content.

A consent grant or an assignment that is made again gets a new id. It is therefore recognised by what it says, so that
an undo, the undo of an undo and a run that goes on after a crash find the row under whatever id it has now.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

from azremediate.actions._target_check import not_planned
from azremediate.core.change import CannotUndo, Change, Phase, Risk, UndoClass, new_change
from azremediate.core.json_value import Json, JsonObject, objects_at, text_at
from azremediate.core.observed import Comparison, Precondition, State
from azremediate.core.run import Run
from azremediate.core.target import Target

REMOVE = "remove"
RESTORE = "restore"

Take: TypeAlias = Callable[[Change, Run, JsonObject], Awaitable[None]]
"""Takes one row away."""

Give: TypeAlias = Callable[[Change, Run, JsonObject], Awaitable[str]]
"""Makes one row again and returns its id."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """One kind of row.

    fact: the fact that lists the rows, each an object with id, displayName (words for people) and `content`. content:
    members that say what a row is, whatever its id; texts. undo_note: what is different after it was made again.
    taken: what a change's work says of the rows that it takes away, beside the rows.
    """

    action: str
    fact: str
    noun: str
    content: tuple[str, ...]
    risk: Risk
    undo_note: str
    taken: Callable[[Sequence[JsonObject]], JsonObject] = lambda _rows: {}

    def facts(self, rows: Sequence[JsonObject]) -> dict[str, Json]:
        """The rows by id, and `present`, which names each id for preconditions."""
        ordered = sorted(rows, key=lambda row: text_at(row, "id"))
        return {self.fact: list(ordered), "present": {text_at(row, "id"): True for row in ordered}}

    def rows(self, facts: JsonObject) -> list[JsonObject]:
        """The rows in facts."""
        return objects_at(facts, self.fact)

    def key(self, row: JsonObject) -> str:
        """What a row says, without regard to case."""
        return "|".join(text_at(row, name).lower() for name in self.content)

    def step(self, operation: str, row: JsonObject) -> str:
        """The name of a row's write: the same for the same row in every process."""
        said = f"{self.key(row)}|{text_at(row, 'id')}"
        return f"{operation}-{sha256(said.encode()).hexdigest()[:12]}"

    def removal(
        self,
        target: Target,
        state: State,
        going: Sequence[JsonObject],
        params: JsonObject,
        *,
        warnings: Sequence[str] = (),
    ) -> Change:
        """The change that takes these rows away."""
        gone = {text_at(row, "id") for row in going}
        stay = [row for row in self.rows(state.facts) if text_at(row, "id") not in gone]
        return new_change(
            action=self.action,
            phase=Phase.EVICT,
            target=target,
            state=state,
            params=params,
            work={"operation": REMOVE, "rows": list(going), **self.taken(going)},
            summary=f"take away {_counted(len(going), self.noun)}",
            before={self.fact: self.rows(state.facts)},
            after={self.fact: stay},
            preconditions=tuple(_present(row) for row in going),
            undo_class=UndoClass.RECREATABLE,
            undo_note=self.undo_note,
            risk=self.risk,
            warnings=tuple(warnings),
        )

    def restoring(self, target: Target, state: State, coming: Sequence[JsonObject], params: JsonObject) -> Change:
        """The change that makes these rows again."""
        now = self.rows(state.facts)
        return new_change(
            action=self.action,
            phase=Phase.RESTORE,
            target=target,
            state=state,
            params=params,
            work={"operation": RESTORE, "rows": list(coming)},
            summary=f"give back {_counted(len(coming), self.noun)}",
            before={self.fact: now},
            after={self.fact: [*now, *coming]},
            preconditions=(),
            undo_class=UndoClass.RECREATABLE,
            undo_note="undone by taking it away again",
            risk=self.risk,
            warnings=("whoever controls this identity has the access again",),
        )

    def undo(
        self, change: Change, state: State, possible: Callable[[JsonObject], bool] = lambda _row: True
    ) -> Change | CannotUndo:
        """The inverse: what was taken away is made again, what was made again is taken away under its new id.

        possible: whether a row can be made again.
        """
        now = {self.key(row): row for row in self.rows(state.facts)}
        planned = self.planned(change)
        if _operation(change) == RESTORE:
            there = [now[self.key(row)] for row in planned if self.key(row) in now]
            if not there:
                return CannotUndo("somebody has taken it away since")
            return self.removal(change.target, state, there, change.params)
        missing = [row for row in planned if self.key(row) not in now]
        if not missing:
            return CannotUndo("somebody has given it back since")
        coming = [row for row in missing if possible(row)]
        if not coming:
            return CannotUndo("only its holder can activate it again")
        return self.restoring(change.target, state, coming, change.params)

    def holds(self, change: Change, state: State) -> bool:
        """No row of that content is there, under whatever id; or each is there again."""
        now = {self.key(row) for row in self.rows(state.facts)}
        planned = {self.key(row) for row in self.planned(change)}
        return planned <= now if _operation(change) == RESTORE else not planned & now

    def planned(self, change: Change) -> list[JsonObject]:
        """The rows in a change's work."""
        return objects_at(change.work, "rows")

    def find(self, facts: JsonObject, row: JsonObject) -> JsonObject | None:
        """A fresh reading's row of the same content."""
        return next((one for one in self.rows(facts) if self.key(one) == self.key(row)), None)

    async def apply(self, change: Change, run: Run, take: Take, give: Give) -> None:
        """One write for each row; the ids of what was made again are part of the proof."""
        for row in self.planned(change):
            if _operation(change) == REMOVE:
                await take(change, run, row)
            else:
                run.proof[f"new id of {text_at(row, 'id')}"] = await give(change, run, row)


def _operation(change: Change) -> str:
    operation = text_at(change.work, "operation")
    if operation not in (REMOVE, RESTORE):
        raise not_planned("it neither takes away nor gives back")
    return operation


def _present(row: JsonObject) -> Precondition:
    name = text_at(row, "id").replace("~", "~0").replace("/", "~1")
    return Precondition(f"/present/{name}", Comparison.EQUALS, True)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
