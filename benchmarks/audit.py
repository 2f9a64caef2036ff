"""How long `audit verify` takes for each record, as a multiple of reading, parsing and hashing the same lines."""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from measured import azremediate
from table import Row

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.core.plans import TENANT_ID
from tests.journal.stage import ACTOR, ADD, TickingClock, log_file, plan_of

from azremediate.core.record import StepOutcome
from azremediate.core.result import ChangeResult, ChangeStatus
from azremediate.core.write import StepState
from azremediate.journal.run_journal import open_journal
from azremediate.journal.verification import verify_audit

_CHANGES = 5_000
_LARGER = 4
_AT_ONCE = 1_000
_ROUNDS = 3
_MILLION = 1_000_000
_MOST_MIB = 200.0


async def _write(state: Path, changes: int) -> None:
    """One run whose changes are made side by side, so that they share commits: three records each, and two more."""
    async with open_journal(state, TickingClock()) as journal:
        plan = plan_of(changes)
        run, _ = await journal.run_for(plan, ACTOR)

        async def one(number: int) -> None:
            change = plan.changes[number]
            intent = await run.intend(change, ADD)
            performed = StepOutcome(StepState.PERFORMED, {"keyId": "k"}, 200, "", "request")
            await run.settle(change, ADD, intent.attempt, performed)
            before, after = {"accountEnabled": True}, {"accountEnabled": False}
            await run.result(change, ChangeResult(change.change_id, ChangeStatus.VERIFIED, before=before, after=after))

        for start in range(0, changes, _AT_ONCE):
            await asyncio.gather(*(one(number) for number in range(start, min(start + _AT_ONCE, changes))))
        await run.finish(0)


def _parse_and_hash(file: Path) -> None:
    with file.open("rb") as opened:
        for line in opened:
            json.loads(line)
            sha256(b"\x00" + line[:-1]).digest()


def _verify(state: Path) -> None:
    verdict = verify_audit(state)
    if not verdict.ok:
        raise SystemExit(f"the log does not verify: {verdict.reason}")


def _best(work: Callable[[Path], None], place: Path) -> float:
    found = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        work(place)
        found.append(time.perf_counter() - started)
    return min(found)


def measure_audit(folder: Path) -> list[Row]:
    """Verification per record and in memory; memory of two lengths tells what a record adds."""
    small, large = folder / "small", folder / "large"
    asyncio.run(_write(small, _CHANGES))
    asyncio.run(_write(large, _LARGER * _CHANGES))
    records = [verify_audit(state).records for state in (small, large)]
    plain, verified = _best(_parse_and_hash, log_file(small)), _best(_verify, small)
    peaks = [_peak(state) for state in (small, large)]
    each = (peaks[1] - peaks[0]) / (records[1] - records[0])
    million = peaks[0] + each * (_MILLION - records[0])
    return [
        Row(f"json.loads and SHA-256 of {records[0]} records", plain / records[0] * 1e6, "us"),
        Row("audit verify, per record", verified / records[0] * 1e6, "us", verified / plain, "of that"),
        Row(f"  memory at most, {records[0]} records", peaks[0], "MiB"),
        Row(f"  memory at most, {records[1]} records", peaks[1], "MiB"),
        Row("  which is, for 1,000,000 records", million, "MiB", target=f"<= {_MOST_MIB:g}", met=million <= _MOST_MIB),
    ]


def _peak(state: Path) -> float:
    """Memory of `azremediate audit verify`, in MiB."""
    config = state.with_name(f"{state.name}.yaml")
    config.write_text(f"tenant_id: {TENANT_ID}\nstate: {{path: {state}}}\n", encoding="utf-8")
    return azremediate(config, "audit", "verify").peak_mib
