"""The parameters that every policy of azremediate's has."""

from datetime import timedelta
from typing import Protocol

from azremediate.actions._conditional_access import Mode
from azremediate.core.lock_out import LockOut

MEASURED = timedelta(days=7)
"""How long a policy has to have reported unless something else is asked for."""

STATE_HELP = {"help": "report-only, or enabled once the reports are good"}
LOCK_OUT_HELP = {"help": "refuse to enable what might lock somebody out or was not measured, or accept it"}
MEASURED_HELP = {"help": "how long it has to have reported before it is enabled"}


class PolicyParams(Protocol):
    """What the parameters of every policy have."""

    @property
    def state(self) -> Mode:
        """Whether it acts or reports."""
        ...

    @property
    def lock_out(self) -> LockOut:
        """Whether it may lock somebody out."""
        ...

    @property
    def measured(self) -> timedelta:
        """How long it has to have reported."""
        ...
