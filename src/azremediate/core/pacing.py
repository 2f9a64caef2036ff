"""How the changes of a phase go out: a few first, and no further when too many of them fail."""

from collections import Counter
from collections.abc import Iterator, Sequence

from azremediate.core.change import Change
from azremediate.core.config import GuardSettings
from azremediate.core.result import ChangeResult, ChangeStatus

_FORBIDDEN = 3
_FAILED = (ChangeStatus.FAILED, ChangeStatus.COMPENSATED, ChangeStatus.UNVERIFIED, ChangeStatus.NEEDS_OPERATOR)


class Pace:
    """The pace of one run; `tripped` says why nothing more may be begun, empty while it may.

    Only what ends now counts: whoever resumes a stopped run has looked at what failed before.
    """

    def __init__(self, settings: GuardSettings) -> None:
        self._settings = settings
        self._sizes: list[int] = []
        self._changes = 0
        self._offered = 0
        self._canary = False
        self._failed = 0
        self._in_a_row = 0
        self._forbidden: Counter[str] = Counter()
        self.tripped = ""

    def begin_phase(self, changes: int) -> None:
        """A phase with so many changes begins; its counts start anew."""
        self._sizes = list(self._settings.canary)
        self._changes = changes
        self._offered = self._failed = self._in_a_row = 0

    def batches(self, changes: Sequence[Change]) -> Iterator[Sequence[Change]]:
        """The changes in groups, the next one when all of the last have ended; the canaries of the phase first."""
        rest = changes
        while rest:
            canary = bool(self._sizes)
            size = self._sizes.pop(0) if canary else len(rest)
            batch, rest = rest[:size], rest[size:]
            self._offered += len(batch)
            self._canary = canary and self._offered < self._changes  # the last changes have nothing to warn of
            yield batch

    def barred(self, action: str) -> str:
        """Why no more changes of an action are begun: the permission for it is gone; empty while they are.

        One refusal may be about its target, an administrator for example; several in a row are about us.
        """
        if self._forbidden[action] < _FORBIDDEN:
            return ""
        return f"{_FORBIDDEN} changes in a row were forbidden, so the permission or role for {action} is missing"

    def heard(self, result: ChangeResult, action: str = "") -> None:
        """Take in how a change ended."""
        self._forbidden[action] = self._forbidden[action] + 1 if result.permission_missing else 0
        if result.status.done:
            self._in_a_row = 0
        if result.status not in _FAILED:
            return
        self._failed += 1
        self._in_a_row += 1
        self.tripped = self.tripped or self._reason()

    def _reason(self) -> str:
        breaker = self._settings.breaker
        if self._canary:
            return "a canary failed, and the rest was not begun (guards.canary)"
        if breaker.consecutive is not None and self._in_a_row >= breaker.consecutive:
            return f"{self._in_a_row} changes failed one after the other (guards.breaker.consecutive)"
        if breaker.percent is not None and 100 * self._failed > breaker.percent * self._changes:
            return (
                f"{self._failed} of {self._changes} changes of a phase failed, more than {breaker.percent:g} % "
                "(guards.breaker.percent)"
            )
        return ""
