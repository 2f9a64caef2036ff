"""What the audit log says of clocks that differ: times in it are this machine's, the order is by number."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from azremediate.core.record import Note

WORTH_SAYING = timedelta(minutes=5)
"""From this difference on a reader of the log has to know; Kerberos and token services tolerate as much."""

DIFFERS = "clock.differs"
JUMPED = "clock.jumped"


@dataclass(frozen=True, slots=True)
class ClockWatch:
    """ahead: by how much the service's clock was ahead of this machine's when the run was taken up."""

    ahead: timedelta

    def at_start(self) -> Iterator[Note]:
        """A note when the clocks differ."""
        if abs(self.ahead) > WORTH_SAYING:
            yield Note(
                DIFFERS, "failure", reason=_said(self.ahead), facts={"seconds": round(self.ahead.total_seconds())}
            )

    def at_end(self, ahead: timedelta) -> Iterator[Note]:
        """A note when one of them jumped while the run went on."""
        moved = ahead - self.ahead
        if abs(moved) > WORTH_SAYING:
            reason = f"a clock was set during the run, by {moved.total_seconds():+.0f} s; {_said(ahead)}"
            yield Note(JUMPED, "failure", reason=reason, facts={"seconds": round(moved.total_seconds())})


def _said(ahead: timedelta) -> str:
    return f"the service's clock is {ahead.total_seconds():+.0f} s from this machine's, whose times stand in this log"
