"""A chain against itself: what does not follow is found even when the journal was forged to agree."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from azremediate.core.record import Actor
from azremediate.journal.audit_reading import AuditLine
from azremediate.journal.audit_record import (
    FIRST_PREV,
    AuditEntry,
    AuditRecord,
    AuditTool,
    Leaf,
    leaf_hash,
    seal,
)
from azremediate.journal.chain_check import ChainCheck, Finding, Problem, Remembered

ENTRY = AuditEntry(
    time="2024-04-09T17:00:00.000Z",
    event="note",
    outcome="success",
    run_id="R-1",
    plan_id="p",
    actor=Actor("t", "a", "o"),
    tool=AuditTool("0.1.0"),
)


def chain(change: Callable[[AuditRecord], AuditRecord] = lambda record: record) -> list[Leaf]:
    """Three records of the chain `c`, the second changed before it was sealed."""
    leaves: list[Leaf] = []
    for seq in (1, 2, 3):
        record = AuditRecord(1, "c", seq, leaves[-1].hash if leaves else FIRST_PREV, ENTRY)
        leaves.append(seal(change(record) if seq == 2 else record))
    return leaves


def check(lines: Sequence[bytes], file: str = "f") -> Problem | None:
    """The first problem of these lines, with a journal that remembers exactly them, in the file `f`."""
    known = [
        Remembered(seq, leaf_hash(line.removesuffix(b"\n")), "f", len(line), None) for seq, line in enumerate(lines, 1)
    ]
    return ChainCheck("c", iter(known), (AuditLine(file, at, line) for at, line in enumerate(lines, 1))).run()


def test_whole_chain() -> None:
    """A chain as it is written has no problem."""
    assert check([leaf.line for leaf in chain()]) is None


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda record: replace(record, prev="1" * 64), id="predecessor"),
        pytest.param(lambda record: replace(record, chain_id="d"), id="chain"),
        pytest.param(lambda record: replace(record, seq=3), id="number"),
        pytest.param(lambda record: replace(record, v=2), id="version"),
        pytest.param(lambda record: replace(record, entry=replace(ENTRY, time="noon")), id="no time"),
        pytest.param(lambda record: replace(record, entry=replace(ENTRY, time="2024-04-09T17:00:00")), id="no zone"),
    ],
)
def test_record_that_does_not_follow(change: Callable[[AuditRecord], AuditRecord]) -> None:
    """Each member of a record's place, and the form of the rest, is checked by itself."""
    problem = check([leaf.line for leaf in chain(change)])
    assert problem is not None
    assert (problem.finding, problem.seq, problem.line) == (Finding.MODIFIED, 2, 2)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda line: line.replace(b'"attempt":0', b'"attempt": 0'), id="a space"),
        pytest.param(lambda line: line.replace(b'{"actor"', b'{"actor":1,"actor"'), id="a member twice"),
        pytest.param(lambda line: line.replace(b'"v":1', b'"v":1,"w":1'), id="another member"),
        pytest.param(lambda line: line.replace(b'"api":null,', b""), id="a member less"),
        pytest.param(lambda line: line[:-1] + b"\r\n", id="another line end"),
        pytest.param(lambda _: b"[]\n", id="no object"),
        pytest.param(lambda _: b"\xff\n", id="no text"),
        pytest.param(lambda _: b"[" * 100_000 + b"\n", id="deep"),
    ],
)
def test_bytes_that_nobody_wrote(change: Callable[[bytes], bytes]) -> None:
    """A line that is not in the one canonical form is no record, whatever it says."""
    lines = [leaf.line for leaf in chain()]
    lines[1] = change(lines[1])
    problem = check(lines)
    assert problem is not None
    assert (problem.finding, problem.seq) == (Finding.MODIFIED, 2)


def test_record_in_another_file() -> None:
    """A record stands in the file it was written to."""
    problem = check([leaf.line for leaf in chain()], file="g")
    assert problem is not None
    assert (problem.finding, problem.reason) == (Finding.MODIFIED, "this record belongs into f")


def test_journal_with_a_gap() -> None:
    """A journal that lost the memory of a record is no witness."""
    lines = [leaf.line for leaf in chain()]
    known = [Remembered(seq, leaf.hash, "f", len(leaf.line), None) for seq, leaf in enumerate(chain(), 1) if seq != 2]
    problem = ChainCheck("c", iter(known), (AuditLine("f", at, line) for at, line in enumerate(lines, 1))).run()
    assert problem is not None
    assert (problem.finding, problem.seq) == (Finding.MODIFIED, 2)
