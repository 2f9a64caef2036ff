"""How long `audit verify` takes for each record, as a multiple of reading, parsing and hashing the same lines."""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.journal.stage import ACTOR, ADD, TickingClock, log_file, plan_of

from azremediate.core.record import StepOutcome
from azremediate.core.result import ChangeResult, ChangeStatus
from azremediate.core.write import StepState
from azremediate.journal.run_journal import open_journal
from azremediate.journal.verification import verify_audit

_CHANGES = 5_000
_AT_ONCE = 1_000
_ROUNDS = 3


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


def main() -> None:
    """Print a table, and the same as one JSON object. An argument is another number of changes."""
    changes = int(sys.argv[1]) if len(sys.argv) > 1 else _CHANGES
    with TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        asyncio.run(_write(state, changes))
        records = verify_audit(state).records
        plain, verified = _best(_parse_and_hash, log_file(state)), _best(_verify, state)
    for name, seconds in (("json.loads and SHA-256", plain), ("audit verify", verified)):
        print(f"{name:<24} {records:>9} records  {seconds / records * 1e6:7.1f} us each  {seconds / plain:5.1f} x")
    print(json.dumps({"records": records, "seconds": round(verified, 3), "ratio": round(verified / plain, 2)}))


if __name__ == "__main__":
    main()
