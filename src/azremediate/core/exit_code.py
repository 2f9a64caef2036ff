"""The one set of exit codes that every command uses."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a process tells the shell or the pipeline that called it."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    INCOMPLETE = 3
    REFUSED = 4
    STALE = 5
    LOCKED = 6
    INTEGRITY = 7
    UNRESOLVED = 8
    SIGN_IN = 9
    PENDING = 10
    FINDINGS = 11
    STOPPED = 130

    @property
    def meaning(self) -> str:
        """What the code means, in the words of the table in `--help`."""
        return MEANINGS[self]


MEANINGS: dict[ExitCode, str] = {
    ExitCode.DONE: "done, nothing wrong",
    ExitCode.FAILED: "failed before any change",
    ExitCode.USAGE: "usage: a wrong argument, file or configuration",
    ExitCode.INCOMPLETE: "incomplete: some changes failed or are unverified",
    ExitCode.REFUSED: "refused by a guard",
    ExitCode.STALE: "plan stale, expired or drifted",
    ExitCode.LOCKED: "locked by another run",
    ExitCode.INTEGRITY: "journal or audit integrity",
    ExitCode.UNRESOLVED: "outcome unresolved, a person must look",
    ExitCode.SIGN_IN: "sign-in failed or permission missing",
    ExitCode.PENDING: "changes pending (only plan --detailed-exitcode)",
    ExitCode.FINDINGS: "findings at or above --fail-on",
    ExitCode.STOPPED: "stopped at a safe point",
}

_MOST_SERIOUS_FIRST = (
    ExitCode.INTEGRITY,
    ExitCode.UNRESOLVED,
    ExitCode.INCOMPLETE,
    ExitCode.REFUSED,
    ExitCode.STALE,
    ExitCode.SIGN_IN,
    ExitCode.STOPPED,
)


def most_serious(codes: set[ExitCode]) -> ExitCode:
    """The code that stands for several results of one run; no code at all means done."""
    for code in _MOST_SERIOUS_FIRST:
        if code in codes:
            return code
    return max(codes, default=ExitCode.DONE)
