"""Verification: whatever is done to the log after it was written is found."""

import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import pytest

from azremediate.core.errors import IntegrityBroken
from azremediate.journal import chain_check
from azremediate.journal.audit_reading import AuditLine, flat, read_audit
from azremediate.journal.audit_record import AuditRecord, leaf_hash, parse_record, seal
from azremediate.journal.chain_check import ChainCheck, Finding, Remembered
from azremediate.journal.run_journal import open_journal
from azremediate.journal.verification import verify_audit
from tests.journal.stage import TickingClock, a_log, carry_out, log_file, plan_of

RECORDS = 60
MIDDLE = 30


@pytest.fixture
async def state(tmp_path: Path) -> Path:
    """A state directory with a log of 60 records."""
    await a_log(tmp_path / "state", 19)
    assert verify_audit(tmp_path / "state").records == RECORDS
    return tmp_path / "state"


def lines_of(state: Path) -> list[bytes]:
    """The lines of the log's only file."""
    return log_file(state).read_bytes().splitlines(keepends=True)


async def test_untouched_log(state: Path) -> None:
    """An untouched log is OK, and its head is the hash of its last line."""
    verdict = verify_audit(state)
    assert verdict.ok
    (head,) = verdict.heads
    assert (head.seq, head.hash) == (RECORDS, leaf_hash(lines_of(state)[-1][:-1]))


async def test_records_are_chained(state: Path) -> None:
    """Numbers are gapless from 1, and each record names the hash of the one before it."""
    lines = lines_of(state)
    records = [parse_record(line[:-1]) for line in lines]
    assert [record.seq for record in records] == list(range(1, RECORDS + 1))
    assert records[0].prev == "0" * 64
    assert [leaf_hash(line[:-1]) for line in lines[:-1]] == [record.prev for record in records[1:]]


TAMPERINGS: dict[str, tuple[Callable[[list[bytes]], list[bytes]], Finding, int]] = {
    "delete a line": (lambda all_: all_[:MIDDLE] + all_[MIDDLE + 1 :], Finding.MODIFIED, MIDDLE + 1),
    "delete the first line": (lambda all_: all_[1:], Finding.MODIFIED, 1),
    "delete the last line": (lambda all_: all_[:-1], Finding.TRUNCATED, RECORDS),
    "delete the last ten": (lambda all_: all_[:-10], Finding.TRUNCATED, RECORDS - 9),
    "delete all": (lambda _: [], Finding.TRUNCATED, 1),
    "cut the last line in two": (lambda all_: [*all_[:-1], all_[-1][:100]], Finding.TRUNCATED, RECORDS),
    "cut the last line end": (lambda all_: [*all_[:-1], all_[-1][:-1]], Finding.TRUNCATED, RECORDS),
    "swap two lines": (
        lambda all_: [*all_[:MIDDLE], all_[MIDDLE + 1], all_[MIDDLE], *all_[MIDDLE + 2 :]],
        Finding.MODIFIED,
        MIDDLE + 1,
    ),
    "duplicate a line": (lambda all_: all_[:MIDDLE] + all_[MIDDLE - 1 :], Finding.MODIFIED, MIDDLE + 1),
    "duplicate the last line": (lambda all_: [*all_, all_[-1]], Finding.MODIFIED, RECORDS + 1),
    "insert an empty line": (lambda all_: [*all_[:MIDDLE], b"\n", *all_[MIDDLE:]], Finding.MODIFIED, MIDDLE + 1),
    "append something": (lambda all_: [*all_, b"{}\n"], Finding.MODIFIED, RECORDS + 1),
    "add a space": (
        lambda all_: [*all_[:MIDDLE], all_[MIDDLE].replace(b":", b": ", 1), *all_[MIDDLE + 1 :]],
        Finding.MODIFIED,
        MIDDLE + 1,
    ),
}


@pytest.mark.fault("C7")
@pytest.mark.parametrize("tampering", TAMPERINGS)
async def test_tampering(state: Path, tampering: str) -> None:
    """Each way to tamper with lines is found, with the first record that is not as it was written."""
    change, finding, seq = TAMPERINGS[tampering]
    file = log_file(state)
    file.write_bytes(b"".join(change(lines_of(state))))
    verdict = verify_audit(state)
    assert (verdict.finding, verdict.seq) == (finding, seq)
    assert verdict.file == file.relative_to(state / "audit").as_posix()
    assert verdict.reason
    assert verdict.records == seq - 1


@pytest.mark.fault("C7")
async def test_forged_chain(state: Path) -> None:
    """A log that is rewritten from some record on, with fitting hashes, is another log than the journal's."""
    lines = lines_of(state)
    lines[MIDDLE] = lines[MIDDLE].replace(b'"outcome":"success"', b'"outcome":"failure"')
    forged = lines[: MIDDLE + 1]
    prev = leaf_hash(forged[-1][:-1])
    for line in lines[MIDDLE + 1 :]:
        old = parse_record(line[:-1])
        leaf = seal(AuditRecord(old.v, old.chain_id, old.seq, prev, old.entry))
        forged.append(leaf.line)
        prev = leaf.hash
    log_file(state).write_bytes(b"".join(forged))
    verdict = verify_audit(state)
    assert (verdict.finding, verdict.seq) == (Finding.FORKED, MIDDLE + 1)


@pytest.mark.fault("C6")
async def test_older_journal(tmp_path: Path) -> None:
    """A journal replaced by an older copy is found, by verification and before anything is written."""
    state = tmp_path / "state"
    await a_log(state, 2)
    shutil.copyfile(state / "journal.db", tmp_path / "old.db")
    async with open_journal(state, TickingClock()) as journal:
        await carry_out(journal, plan_of(3))
    shutil.copyfile(tmp_path / "old.db", state / "journal.db")
    verdict = verify_audit(state)
    assert (verdict.finding, verdict.seq) == (Finding.ROLLED_BACK, 10)
    with pytest.raises(IntegrityBroken, match="older copy"):
        async with open_journal(state, TickingClock()):
            pass


@pytest.mark.fault("C6")
@pytest.mark.parametrize("left", [b"", None], ids=["emptied", "deleted"])
async def test_journal_is_gone(state: Path, left: bytes | None) -> None:
    """Without a journal nothing says where the log ends; no new one is begun beside an old log."""
    (state / "journal.db").unlink()
    if left is not None:
        (state / "journal.db").write_bytes(left)
    assert verify_audit(state).finding is Finding.NO_JOURNAL
    with pytest.raises(IntegrityBroken, match="its journal is gone"):
        async with open_journal(state, TickingClock()):
            pass


@pytest.mark.fault("C7")
async def test_other_files(state: Path) -> None:
    """A file that the journal does not know is found, whatever it is called."""
    tenant = log_file(state).parents[1]
    (tenant / "2024" / "notes.jsonl").write_bytes(b"{}\n")
    assert verify_audit(state).finding is Finding.MODIFIED
    (tenant / "2024" / "notes.jsonl").rename(tenant / "2024" / "audit-202412.jsonl")
    assert verify_audit(state).finding is Finding.MODIFIED
    (tenant / "2024" / "audit-202412.jsonl").unlink()
    shutil.copytree(tenant, tenant.with_name("another-tenant"))
    assert verify_audit(state).finding is Finding.ROLLED_BACK


@pytest.mark.fault("C7")
async def test_every_byte(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flipping any byte of the log is found at the record it belongs to."""
    monkeypatch.setattr(chain_check, "parse_record", lru_cache(maxsize=4 * RECORDS)(parse_record))
    lines = lines_of(state)
    hashes = [leaf_hash(line[:-1]) for line in lines]
    chain_id = parse_record(lines[0][:-1]).chain_id
    written = [Remembered(n + 1, hashes[n], "f", len(line), None) for n, line in enumerate(lines)]
    chance = random.Random(2404)  # noqa: S311 - which bit is flipped is no secret
    undetected = []
    for number, line in enumerate(lines):
        for position in range(len(line)):
            flipped = bytearray(line)
            flipped[position] ^= chance.randrange(1, 256)
            content = b"".join([*lines[number - 1 : number], bytes(flipped), *lines[number + 1 : number + 2]])
            first = max(number - 1, 0)
            check = ChainCheck(
                chain_id,
                iter(written[first:]),
                (AuditLine("f", at, part) for at, part in enumerate(content.splitlines(keepends=True), first + 1)),
            )
            check.seq, check.head = first, hashes[first - 1] if first else check.head
            problem = check.run()
            if problem is None or problem.seq != number + 1:
                undetected.append((number, position))
    assert undetected == []


async def test_flips_in_the_file(state: Path) -> None:
    """Flipping a byte in the file itself is found: three places of each line, its end among them."""
    file = log_file(state)
    whole = file.read_bytes()
    chance = random.Random(2404)  # noqa: S311 - which place is taken is no secret
    end = 0
    for number, line in enumerate(lines_of(state), 1):
        end += len(line)
        for position in (end - 1, end - 2, chance.randrange(end - len(line), end)):
            flipped = bytearray(whole)
            flipped[position] ^= 1
            file.write_bytes(flipped)
            verdict = verify_audit(state)
            assert not verdict.ok
            assert verdict.seq == number


async def test_clock_set_back(tmp_path: Path) -> None:
    """A clock that was set back is a warning; the log stays whole and in order, in the later month's file."""
    state = tmp_path / "state"
    await a_log(state, 1, TickingClock(datetime(2024, 5, 1, tzinfo=UTC)))
    async with open_journal(state, TickingClock(datetime(2024, 4, 30, tzinfo=UTC))) as journal:
        await carry_out(journal, plan_of(2))
    verdict = verify_audit(state)
    assert verdict.ok
    assert len(verdict.warnings) == 1
    assert "the clock was set back by 1 day" in verdict.warnings[0]
    assert log_file(state).name == "audit-202405.jsonl"


async def test_months_and_years(tmp_path: Path) -> None:
    """A chain goes on from file to file; a whole missing file is found."""
    state = tmp_path / "state"
    for number, start in enumerate([datetime(2023, 12, 31, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)], 1):
        async with open_journal(state, TickingClock(start)) as journal:
            await carry_out(journal, plan_of(number))
    first, second = sorted((state / "audit").rglob("*.jsonl"))
    assert (first.parent.name, first.name) == ("2023", "audit-202312.jsonl")
    assert (second.parent.name, second.name) == ("2024", "audit-202401.jsonl")
    assert verify_audit(state).records == 15
    assert [record["seq"] for record in read_audit(state)] == list(range(1, 16))
    first.unlink()
    assert verify_audit(state).finding is Finding.MODIFIED
    with pytest.raises(IntegrityBroken, match="shortened"):
        async with open_journal(state, TickingClock()):
            pass


async def test_reading_names_the_line(state: Path) -> None:
    """Reading a record that is none names its file and line."""
    lines = lines_of(state)
    lines[MIDDLE] = b'{"a":1}\n'
    log_file(state).write_bytes(b"".join(lines))
    with pytest.raises(IntegrityBroken, match=rf"audit-202404\.jsonl:{MIDDLE + 1}: "):
        list(read_audit(state))


async def test_reading_selects(state: Path) -> None:
    """Records are selected by run, change, tenant and event."""
    first = flat(parse_record(lines_of(state)[0][:-1]))
    change = plan_of(1).changes[0].change_id
    assert len(list(read_audit(state, run_id=str(first["run_id"])))) == RECORDS
    assert len(list(read_audit(state, change_id=change))) == 3
    assert len(list(read_audit(state, event="write.intended"))) == 19
    assert list(read_audit(state, tenant_id="another")) == []
    assert list(read_audit(state, run_id="another")) == []
