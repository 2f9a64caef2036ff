"""The contract of a remediation action."""

from typing import Any, ClassVar, Protocol, runtime_checkable

from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass
from azremediate.core.credential import CredentialKind
from azremediate.core.json_value import JsonObject
from azremediate.core.observed import State
from azremediate.core.permission import Needs
from azremediate.core.ports import TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind


class Action(Protocol):
    """One way to remediate one target; an object of it is stateless and is found as `ACTION` in its module.

    name: the module's name, as playbooks and commands write it. params: a frozen dataclass with a default for each
    field, each field with metadata {"help": text}. targets: the kinds of object it takes; when several fit an
    identity, the first counts. takes: the kinds of credential whose rows it acts on, empty for any. closes: the kinds
    of credential that need nothing more once the action holds. limited: whether it
    disables or deletes its target: `guards.max_percent` counts it, and no plan may take away the last administrators
    by it. permissions, directory_roles and azure_roles are in `needs`.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    phase: ClassVar[Phase]
    undo_class: ClassVar[UndoClass]
    risk: ClassVar[Risk]
    targets: ClassVar[tuple[TargetKind, ...]]
    takes: ClassVar[frozenset[CredentialKind]]
    closes: ClassVar[frozenset[CredentialKind]]
    limited: ClassVar[bool]
    params: ClassVar[type[Any]]
    needs: ClassVar[Needs]

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Read what the action needs to know of the target; reads only."""
        ...

    def plan(self, target: Target, state: State, params: Any) -> Change | Skip:
        """The change that is due, or why none is; pure."""
        ...

    async def apply(self, change: Change, run: Run) -> None:
        """Make the change through `run`; may be called again after a crash and then continues.

        Raises `ChangeFailed` or a `TenantError` when the change could not be completed.
        """
        ...

    def holds(self, change: Change, state: State) -> bool:
        """Whether the change is in effect, judged on a fresh reading; pure."""
        ...

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """The change that takes this one back, or why none does; pure."""
        ...


@runtime_checkable
class SweepingAction(Protocol):
    """An action whose writes can leave something behind when one takes effect later than reading had shown."""

    async def sweep(self, change: Change, run: Run) -> None:
        """Remove what carries the change's tag and is not what the journal holds as its effect; reads first.

        The change has come to its end, well or not. Raises `TenantError` or `ChangeFailed` when it cannot be said
        whether something is there.
        """
        ...


@runtime_checkable
class RepeatingAction(Protocol):
    """An action that may be done twice in one run, so that what a plan saw does not tell whether the second was."""

    def moved(self, change: Change, before: JsonObject, state: State) -> bool:
        """Whether the fresh reading is later than the facts read just before the change's first write; pure."""
        ...


def in_effect(action: Action, change: Change, before: JsonObject | None, state: State) -> bool:
    """Whether a change is in effect; `before` are the facts of just before its first write, None when not known."""
    if isinstance(action, RepeatingAction) and before is not None and not action.moved(change, before, state):
        return False
    return action.holds(change, state)
