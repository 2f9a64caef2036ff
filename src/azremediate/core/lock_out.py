"""Whether a change of how people sign in may lock somebody out."""

from enum import StrEnum


class LockOut(StrEnum):
    """A parameter of actions that can lock people out; planning reads their readiness for whoever has it."""

    REFUSE = "refuse"
    ACCEPT = "accept"
