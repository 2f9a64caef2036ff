"""One planned change, and the reasons for which there is none."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from azremediate.core.json_value import Json, JsonObject, digest
from azremediate.core.observed import Precondition, State
from azremediate.core.target import Target


class UndoClass(StrEnum):
    """What can be done about a change that turns out to be wrong."""

    REVERSIBLE = "reversible"
    RECREATABLE = "re-creatable"
    RESTORABLE = "restorable-for-a-time"
    IRREVERSIBLE = "irreversible"
    NOT_WANTED = "not-wanted"


class Risk(StrEnum):
    """How much a change can hurt if it is wrong."""

    LOW = "low"
    HIGH = "high"
    PRIVILEGED = "privileged"


class Phase(StrEnum):
    """When in a run a change is made: what cuts the attacker off comes before slow work."""

    CONTAIN = "contain"
    EVICT = "evict"
    ROTATE = "rotate"
    RESTORE = "restore"
    HARDEN = "harden"

    @property
    def order(self) -> int:
        """Position in a run, from 0."""
        return list(Phase).index(self)


@dataclass(frozen=True, slots=True)
class Change:
    """One change to one target, complete: applying it needs nothing but this and the tenant.

    work: what the action needs to do it (ids, names, numbers). before, after: for people, and `after` names facts
    of the state as they will be. evidence: why this target is in the plan. always: made even where the tenant shows its
    effect already, because nobody can tell it from somebody else's doing. watched_for: how long after it
    somebody looks for whoever misses what it took away.
    """

    change_id: str
    action: str
    phase: Phase
    target: Target
    params: JsonObject
    work: JsonObject
    summary: str
    before: JsonObject
    after: JsonObject
    preconditions: tuple[Precondition, ...]
    observed_digest: str
    undo_class: UndoClass
    undo_note: str
    risk: Risk
    warnings: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    always: bool = False
    watched_for: timedelta | None = None

    @property
    def tag(self) -> str:
        """Start of the display name that objects made by this change carry, so that a stray one is recognised."""
        return f"azr-{self.change_id[:8]}"

    def depending_on(self, *change_ids: str) -> "Change":
        """The same change, made only after the named ones succeeded."""
        return replace(self, depends_on=(*self.depends_on, *change_ids))


def new_change(
    *,
    action: str,
    phase: Phase,
    target: Target,
    state: State,
    params: JsonObject,
    work: JsonObject,
    summary: str,
    before: JsonObject,
    after: JsonObject,
    preconditions: tuple[Precondition, ...],
    undo_class: UndoClass,
    undo_note: str,
    risk: Risk = Risk.LOW,
    warnings: tuple[str, ...] = (),
    always: bool = False,
) -> Change:
    """A change with the id that the same change to the same target always gets."""
    identity: dict[str, Json] = {
        "tenant": target.tenant_id,
        "action": action,
        "target": target.id,
        "params": params,
        "work": work,
    }
    return Change(
        change_id=digest(identity)[:20],
        action=action,
        phase=phase,
        target=target,
        params=params,
        work=work,
        summary=summary,
        before=before,
        after=after,
        preconditions=preconditions,
        observed_digest=state.digest,
        undo_class=undo_class,
        undo_note=undo_note,
        risk=risk,
        warnings=warnings,
        always=always,
    )


@dataclass(frozen=True, slots=True)
class Skip:
    """There is nothing to do, and why. `done` is False when something would have to be done, but not by this action."""

    reason: str
    done: bool = True


@dataclass(frozen=True, slots=True)
class CannotUndo:
    """A change that cannot be reversed, and why."""

    reason: str
