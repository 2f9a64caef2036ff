"""How long `audit verify` takes for each record, as a multiple of reading, parsing and hashing the same lines."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from measured import Measured, azremediate
from table import Row

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.core.plans import TENANT_ID
from tests.journal.stage import ACTOR, ADD, TickingClock, log_file, plan_of

from azremediate.core.change import Change
from azremediate.core.plan import Plan, sealed
from azremediate.core.record import StepOutcome
from azremediate.core.result import ChangeResult, ChangeStatus
from azremediate.core.write import StepState
from azremediate.journal.run_journal import FileJournal, open_journal
from azremediate.journal.verification import verify_audit

_CHANGES = 5_000
"""Changes of one run, three records each."""
_LARGER = 4
_AT_ONCE = 1_000
_ROUNDS = 3
_MILLION_RUNS = 67
_MOST_MIB = 200.0
_MAKE = "import sys; from audit import write_here; write_here(sys.argv[1], int(sys.argv[2]))"


def write_here(state: str, runs: int) -> None:
    """What a process of its own does: its memory must not be counted as that of the command it would start."""
    asyncio.run(_write(Path(state), runs))


async def _write(state: Path, runs: int) -> None:
    """Runs whose changes are made side by side, so that they share commits."""
    async with open_journal(state, TickingClock()) as journal:
        plan = plan_of(_CHANGES)
        for number in range(runs):
            again = sealed(replace(plan, origin=replace(plan.origin, playbook_version=number + 1)))
            await _carry_out(journal, again)


async def _carry_out(journal: FileJournal, plan: Plan) -> None:
    run, _ = await journal.run_for(plan, ACTOR)

    async def one(change: Change) -> None:
        intent = await run.intend(change, ADD)
        performed = StepOutcome(StepState.PERFORMED, {"keyId": "k"}, 200, "", "request")
        await run.settle(change, ADD, intent.attempt, performed)
        before, after = {"accountEnabled": True}, {"accountEnabled": False}
        await run.result(change, ChangeResult(change.change_id, ChangeStatus.VERIFIED, before=before, after=after))

    for start in range(0, len(plan.changes), _AT_ONCE):
        await asyncio.gather(*(one(change) for change in plan.changes[start : start + _AT_ONCE]))
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
    """Verification per record and in memory, for two lengths."""
    peaks = []
    for name, runs in (("small", 1), ("large", _LARGER)):
        verified = _verified(folder / name, runs)
        peaks.append((verified.peak_mib, json.loads(verified.out)["verdict"]["records"]))
    small = folder / "small"
    records = peaks[0][1]
    plain, verified_in = _best(_parse_and_hash, log_file(small)), _best(_verify, small)
    return [
        Row(f"json.loads and SHA-256 of {records} records", plain / records * 1e6, "us"),
        Row("audit verify, per record", verified_in / records * 1e6, "us", verified_in / plain, "of that"),
        *(Row(f"  memory at most, {count} records", peak, "MiB") for peak, count in peaks),
    ]


def measure_million(folder: Path) -> list[Row]:
    """A million records, for real: it takes some ten minutes to write them."""
    verified = _verified(folder / "million", _MILLION_RUNS)
    records, peak = json.loads(verified.out)["verdict"]["records"], verified.peak_mib
    return [
        Row(f"audit verify of {records} records", verified.seconds, "s"),
        Row("  its processor time", verified.cpu, "s"),
        Row("  memory at most", peak, "MiB", target=f"<= {_MOST_MIB:g}", met=peak <= _MOST_MIB),
    ]


def _verified(state: Path, runs: int) -> Measured:
    """`azremediate audit verify` of a log of so many runs, both in processes of their own."""
    subprocess.run([sys.executable, "-c", _MAKE, state, str(runs)], check=True, cwd=Path(__file__).parent)  # noqa: S603 - ours
    config = state.with_name(f"{state.name}.yaml")
    config.write_text(f"tenant_id: {TENANT_ID}\nstate: {{path: {state}}}\n", encoding="utf-8")
    return azremediate(config, "--json", "audit", "verify")
