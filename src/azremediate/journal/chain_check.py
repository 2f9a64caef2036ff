"""Comparing one tenant's chain, line by line, with itself and with what the journal remembers of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from azremediate.core.codec import ShapeError
from azremediate.journal.audit_reading import AuditLine
from azremediate.journal.audit_record import FIRST_PREV, AuditRecord, leaf_hash, parse_record
from azremediate.journal.cross_check import ToldRuns

TOLERANCE = timedelta(seconds=5)
"""How far a clock may be set back between two records without a word."""


class Finding(StrEnum):
    """What verification found; anything but OK means that the log is not, or not yet, what was written.

    UNFINISHED: a process died between its commit and its last append, and the journal still holds the missing bytes.
    ROLLED_BACK: the log goes on where the journal ends, or ends before a checkpoint that was kept elsewhere, so that
    what is here was replaced by an older copy. UNSIGNED_TAIL: the last records are covered by no checkpoint.
    KEY_UNKNOWN: a checkpoint is signed by a key that nothing says is ours.
    CONTRADICTED: the log is whole, and the journal says something else of a run than it does.
    """

    OK = "OK"
    MODIFIED = "MODIFIED"
    TRUNCATED = "TRUNCATED"
    FORKED = "FORKED"
    ROLLED_BACK = "ROLLED BACK"
    UNSIGNED_TAIL = "UNSIGNED TAIL"
    KEY_UNKNOWN = "KEY UNKNOWN"
    UNFINISHED = "UNFINISHED"
    NO_JOURNAL = "NO JOURNAL"
    CONTRADICTED = "CONTRADICTED"


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the journal remembers of one record; `unwritten` are its bytes while its file may lack them."""

    seq: int
    hash: str
    file: str
    length: int
    unwritten: bytes | None


@dataclass(frozen=True, slots=True)
class Problem:
    """The first place where a chain is not what was written."""

    finding: Finding
    reason: str
    file: str
    line: int
    seq: int


Witness: TypeAlias = Callable[[AuditRecord, str], None]
"""Told of each record that is as it was written, with its hash, in their order."""


class ChainCheck:
    """One pass over a chain; afterwards `seq` and `head` say how far it is as it was written."""

    def __init__(
        self,
        chain_id: str,
        remembered: Iterator[Remembered],
        lines: Iterator[AuditLine],
        witness: Witness | None = None,
    ) -> None:
        self._witness = witness
        self._remembered = remembered
        self._lines = lines
        self._chain_id = chain_id
        self._time: datetime | None = None
        self.seq = 0
        self.head = FIRST_PREV
        self.warnings: list[str] = []
        self.told = ToldRuns()

    def run(self) -> Problem | None:
        """The first problem, or None."""
        line = next(self._lines, None)
        while line is not None:
            known = next(self._remembered, None)
            if known is None:
                return self._beyond(line)
            following = next(self._lines, None)
            if problem := self._compare(line, known, following):
                return problem
            self.seq, self.head = known.seq, known.hash
            line = following
        return self._missing()

    def _compare(self, line: AuditLine, known: Remembered, following: AuditLine | None) -> Problem | None:
        if known.seq != self.seq + 1:
            return self._problem(Finding.MODIFIED, f"the journal no longer knows record {self.seq + 1}", line)
        if known.file != line.file:
            return self._problem(Finding.MODIFIED, f"this record belongs into {known.file}", line)
        if following is None and len(line.content) < known.length:
            return self._torn(line, known)
        try:
            record = _record(line)
        except ShapeError as problem:
            return self._problem(Finding.MODIFIED, str(problem), line)
        if why := self._misplaced(record):
            return self._problem(Finding.MODIFIED, why, line)
        if (found := leaf_hash(line.content[:-1])) != known.hash:
            if following is not None and _follows(following, found):
                return self._problem(Finding.FORKED, "from here on the log is another than the journal's", line)
            return self._problem(Finding.MODIFIED, "its content was altered", line)
        self._watch_clock(record, line)
        if self._witness is not None:
            self._witness(record, found)
        self.told.hear(record)
        return None

    def _misplaced(self, record: AuditRecord) -> str:
        if record.seq != self.seq + 1:
            return f"record {record.seq} stands where record {self.seq + 1} was written"
        if record.prev != self.head:
            return "it does not follow from the record before it"
        return "" if record.chain_id == self._chain_id else "it belongs to another chain"

    def _torn(self, line: AuditLine, known: Remembered) -> Problem:
        if known.unwritten is not None and known.unwritten.startswith(line.content):
            return self._unfinished(line.file, line.number)
        return self._problem(Finding.TRUNCATED, "the log ends within this record", line)

    def _beyond(self, line: AuditLine) -> Problem:
        try:
            misplaced = self._misplaced(_record(line))
        except ShapeError as problem:
            misplaced = str(problem)
        if misplaced:
            return self._problem(Finding.MODIFIED, f"the journal does not know this line: {misplaced}", line)
        return self._problem(Finding.ROLLED_BACK, f"the journal ends at record {self.seq}: it is an older copy", line)

    def _missing(self) -> Problem | None:
        known = next(self._remembered, None)
        if known is None:
            return None
        if known.unwritten is not None:
            return self._unfinished(known.file, 0)
        last = known
        for last in self._remembered:  # noqa: B007 - only the last one is wanted
            pass
        reason = f"records {known.seq} to {last.seq} are missing at the end"
        return Problem(Finding.TRUNCATED, reason, known.file, 0, known.seq)

    def _watch_clock(self, record: AuditRecord, line: AuditLine) -> None:
        time = datetime.fromisoformat(record.entry.time)
        if self._time is not None and time + TOLERANCE < self._time:
            self.warnings.append(f"{line.file}:{line.number}: the clock was set back by {self._time - time}")
        self._time = time

    def _unfinished(self, file: str, line: int) -> Problem:
        reason = "the end is not written yet; the journal holds it, and `azremediate resume` writes it"
        return Problem(Finding.UNFINISHED, reason, file, line, self.seq + 1)

    def _problem(self, finding: Finding, reason: str, line: AuditLine) -> Problem:
        return Problem(finding, reason, line.file, line.number, self.seq + 1)


def _record(line: AuditLine) -> AuditRecord:
    if not line.content.endswith(b"\n"):
        raise ShapeError("the line has no end")
    record = parse_record(line.content[:-1])
    try:
        moment = datetime.fromisoformat(record.entry.time)
    except ValueError:
        raise ShapeError("its time is not a time") from None
    if moment.tzinfo is None:
        raise ShapeError("its time has no zone")
    return record


def _follows(line: AuditLine, leaf: str) -> bool:
    try:
        return _record(line).prev == leaf
    except ShapeError:
        return False
