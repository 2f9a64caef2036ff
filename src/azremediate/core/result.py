"""How a change and a run ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from azremediate.core.exit_code import ExitCode, most_serious
from azremediate.core.json_value import JsonObject


class ChangeStatus(StrEnum):
    """How one change ended; only `verified` and `satisfied` count as done."""

    VERIFIED = "verified"
    SATISFIED = "satisfied"
    DRIFTED = "drifted"
    REFUSED = "refused"
    COMPENSATED = "compensated"
    FAILED = "failed"
    UNVERIFIED = "unverified"
    NEEDS_OPERATOR = "needs_operator"
    SKIPPED = "skipped"
    NOT_STARTED = "not_started"
    STOPPED = "stopped"

    @property
    def done(self) -> bool:
        """Whether the tenant is in the planned state, proven by reading."""
        return self in (ChangeStatus.VERIFIED, ChangeStatus.SATISFIED)

    @property
    def final(self) -> bool:
        """Whether applying the plan again leaves the change alone; else it goes on from where it stopped."""
        return self not in (ChangeStatus.NOT_STARTED, ChangeStatus.STOPPED, ChangeStatus.NEEDS_OPERATOR)

    @property
    def exit_code(self) -> ExitCode:
        """What a run with such a change tells its caller."""
        return _EXIT_CODES[self]


_EXIT_CODES = {
    ChangeStatus.VERIFIED: ExitCode.DONE,
    ChangeStatus.SATISFIED: ExitCode.DONE,
    ChangeStatus.DRIFTED: ExitCode.STALE,
    ChangeStatus.REFUSED: ExitCode.REFUSED,
    ChangeStatus.COMPENSATED: ExitCode.INCOMPLETE,
    ChangeStatus.FAILED: ExitCode.INCOMPLETE,
    ChangeStatus.UNVERIFIED: ExitCode.INCOMPLETE,
    ChangeStatus.NEEDS_OPERATOR: ExitCode.UNRESOLVED,
    ChangeStatus.SKIPPED: ExitCode.INCOMPLETE,
    ChangeStatus.NOT_STARTED: ExitCode.STOPPED,
    ChangeStatus.STOPPED: ExitCode.STOPPED,
}


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """How one change ended.

    before, after: facts of the target as read before the first write and at the end. proof: what shows the result, e.g.
    that a new secret signed in. request_ids: of the writes, as Microsoft support asks for them.
    """

    change_id: str
    status: ChangeStatus
    reason: str = ""
    before: JsonObject | None = None
    after: JsonObject | None = None
    proof: JsonObject | None = None
    request_ids: tuple[str, ...] = ()
    ended_at: str = ""
    permission_missing: bool = False

    @property
    def exit_code(self) -> ExitCode:
        """The status's exit code, or that of a missing permission."""
        return ExitCode.SIGN_IN if self.permission_missing else self.status.exit_code


def run_exit_code(results: Iterable[ChangeResult]) -> ExitCode:
    """The exit code of a run: that of its most serious result."""
    return most_serious({result.exit_code for result in results} - {ExitCode.DONE})
