"""A tenant, a journal and a clock in memory: what an action needs when it is made, with failures on order."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from azremediate.core.change import Change
from azremediate.core.clock import iso
from azremediate.core.cloud import Cloud
from azremediate.core.errors import IntegrityBroken, ObjectMissing, RequestRefused, TenantError
from azremediate.core.json_value import JsonObject
from azremediate.core.ports import Read
from azremediate.core.record import Note, StepIntent, StepOutcome
from azremediate.core.result import ChangeResult
from azremediate.core.secret import Secret
from azremediate.core.write import Intent, Receipt, StepRecord, StepState, Write
from tests.fake_sign_in import FakeKeys, FakeProver
from tests.fake_store import FakeStore

TENANT_ID = "11111111-2222-4333-8444-555555555555"
START = datetime(2024, 4, 9, 17, 0, tzinfo=UTC)
_CONDITION = re.compile(r"(\w+) eq (?:'((?:[^']|'')*)'|(true|false))")


class Crash(BaseException):
    """Stands for a process that dies; nothing may catch it."""


class InstantClock:
    """Every wait is over at once and counted."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> datetime:
        """The start and all waits so far."""
        return START + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        """Seconds of all waits so far."""
        return self.passed

    async def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.passed += seconds
        await asyncio.sleep(0)


class MemoryJournal:
    """The steps of one run; `die_at` counts the calls until the process dies, before or after each takes effect."""

    run_id = "run-1"

    def __init__(self) -> None:
        self.records: dict[str, StepRecord] = {}
        self.notes: list[Note] = []
        self.open_intents: set[int] = set()
        self.calls = 0
        self.die_at = -1

    def _tick(self) -> None:
        self.calls += 1
        if self.calls == self.die_at:
            raise Crash

    async def steps(self, change_id: str) -> Mapping[str, StepRecord]:
        """What is known of each step."""
        return dict(self.records)

    async def intend(self, change: Change, step: StepIntent) -> Intent:
        """Record an intent."""
        self._tick()
        known = self.records.get(step.step)
        attempt = known.attempt + 1 if known else 1
        self.records[step.step] = StepRecord(step.step, attempt, StepState.INTENT, {}, iso(START))
        self.open_intents.add(self.calls)
        return Intent(self.calls, self.run_id, change.change_id, step.step, attempt, str(uuid4()))

    async def settle(self, change: Change, step: StepIntent, attempt: int, outcome: StepOutcome) -> None:
        """Record an outcome."""
        self._tick()
        self.records[step.step] = StepRecord(step.step, attempt, outcome.state, outcome.facts, iso(START))

    async def note(self, note: Note) -> None:
        """Keep a note."""
        self.notes.append(note)

    async def result(self, change: Change, result: ChangeResult) -> None:
        """Not needed by an action."""

    async def results(self) -> Mapping[str, ChangeResult]:
        """Not needed by an action."""
        return {}

    async def finish(self, exit_code: int) -> None:
        """Not needed by an action."""


class FakeTenant:
    """Collections of objects by path. `fail` maps a step to an error, raised before or (True) after its effect."""

    def __init__(self, journal: MemoryJournal | None = None) -> None:
        self.tenant_id = TENANT_ID
        self.cloud = Cloud.CUSTOM
        self.collections: dict[str, list[dict[str, Any]]] = {}
        self.single: dict[str, JsonObject | TenantError] = {}
        self.azure: Any = None
        self.secrets = FakeStore(self)
        self.prover = FakeProver(self)
        self.keys = FakeKeys()
        self.journal = journal or MemoryJournal()
        self.issued: dict[str, Secret] = {}
        self.passwords: dict[str, Secret] = {}
        self.writes: list[Write] = []
        self.fail: dict[str, tuple[TenantError | Crash, bool]] = {}
        self.failing: dict[str, Exception] = {}
        self.reads: list[Read] = []

    def find(self, path: str) -> dict[str, Any]:
        """One object of a collection by its path."""
        collection, _, object_id = path.rpartition("/")
        for row in self.collections.get(collection, []):
            if row["id"] == object_id:
                return row
        raise ObjectMissing(f"{path} is missing", status=404)

    def has_key(self, key_id: str) -> bool:
        """Whether any object has a secret with this key id."""
        rows = [row for rows in self.collections.values() for row in rows]
        return any(secret["keyId"] == key_id for row in rows for secret in row.get("passwordCredentials", []))

    def redeem(self, intent: Intent) -> None:
        """A write needs an intent that was recorded and not used yet."""
        if intent.number not in self.journal.open_intents:
            raise IntegrityBroken("a write without an intent")
        self.journal.open_intents.remove(intent.number)

    async def get(self, read: Read) -> JsonObject:
        """One object, or a collection as a body."""
        self.reads.append(read)
        if read.path in self.failing:
            raise self.failing[read.path]
        if read.path in self.single:
            answer = self.single[read.path]
            if isinstance(answer, TenantError):
                raise answer
            return answer
        if read.path in self.collections:
            rows = [
                deepcopy(row) for row in self.collections[read.path] if _matches(row, read.query.get("$filter", ""))
            ]
            return {"value": rows, "@odata.count": len(rows)}
        return deepcopy(self.find(read.path))

    async def pages(self, read: Read) -> AsyncIterator[Sequence[JsonObject]]:
        """Two pages where there is more than one object."""
        rows: Any = (await self.get(read))["value"]
        for part in (rows[:1], rows[1:]):
            if part:
                yield part

    async def batch(self, reads: Sequence[Read]) -> Sequence[JsonObject | TenantError]:
        """What each read gives."""
        answers: list[JsonObject | TenantError] = []
        for read in reads:
            try:
                answers.append(await self.get(read))
            except TenantError as error:
                answers.append(error)
        return answers

    async def write(self, write: Write, intent: Intent) -> Receipt:
        """Do it, or fail as ordered."""
        self.redeem(intent)
        error, after = self.fail.pop(write.step, (None, False))
        if error and not after:
            raise error
        self.writes.append(write)
        receipt = self._effect(write)
        if error:
            raise error
        return receipt

    def _risk(self, write: Write) -> Receipt:
        """What an administrator says of the risk of some."""
        collection, _, said = write.path.rpartition("/")
        state = "dismissed" if said == "dismiss" else "confirmedCompromised"
        body: Any = write.body
        for one in next(iter(body.values())):
            rows = self.collections.setdefault(collection, [])
            rows[:] = [row for row in rows if row["id"] != one]
            rows.append({"id": one, "riskState": state, "riskLevel": "high"})
        return Receipt({}, status=204)

    def _effect(self, write: Write) -> Receipt:
        if write.path.startswith("/identityProtection/"):
            return self._risk(write)
        body: Any = write.body
        parent, _, last = write.path.rpartition("/")
        handlers: dict[str, Callable[[], Receipt]] = {
            "addPassword": lambda: self._add(self.find(parent), body["passwordCredential"]),
            "removePassword": lambda: self._remove(self.find(parent), body["keyId"]),
            "revokeSignInSessions": lambda: self._set(
                self.find(parent), {"signInSessionsValidFromDateTime": iso(START + timedelta(seconds=len(self.writes)))}
            ),
        }
        if last in handlers:
            return handlers[last]()
        if last == "$ref":
            return self._refer(write.method, parent, body)
        if write.method == "POST":
            row = {"id": str(uuid4()), "createdDateTime": iso(START), **deepcopy(body)}
            self.collections.setdefault(write.path, []).append(row)
            return Receipt({"id": row["id"]}, status=201)
        row = self.find(write.path)
        if write.method == "DELETE":
            self.collections[parent].remove(row)
            return Receipt({}, status=204)
        if "passwordProfile" in body:
            self.passwords[row["id"]] = body["passwordProfile"]["password"]
            return self._set(row, {"lastPasswordChangeDateTime": iso(START)})
        return self._set(row, body)

    def _refer(self, method: str, path: str, body: Any) -> Receipt:
        if method == "POST":
            self.collections.setdefault(path, []).append({"id": body["@odata.id"].rpartition("/")[2]})
        else:
            self.collections[path.rpartition("/")[0]].remove(self.find(path))
        return Receipt({}, status=204)

    def _add(self, holder: dict[str, Any], wanted: Mapping[str, Any]) -> Receipt:
        key_id, secret = str(uuid4()), Secret(secrets.token_urlsafe(24))
        self.issued[key_id] = secret
        holder["passwordCredentials"].append({"keyId": key_id, "hint": "new", "startDateTime": iso(START), **wanted})
        return Receipt({"keyId": key_id}, secret, status=200)

    @staticmethod
    def _remove(holder: dict[str, Any], key_id: str) -> Receipt:
        left = [secret for secret in holder["passwordCredentials"] if secret["keyId"] != key_id]
        if len(left) == len(holder["passwordCredentials"]):
            raise RequestRefused("no such key id", status=400)
        holder["passwordCredentials"] = left
        return Receipt({}, status=204)

    @staticmethod
    def _set(row: dict[str, Any], values: Mapping[str, Any]) -> Receipt:
        row.update(values)
        return Receipt({}, status=204)


def _matches(row: Mapping[str, Any], wanted: str) -> bool:
    """OData's `a eq 'x' or b eq true`, without regard to case; an empty filter takes all."""
    conditions = _CONDITION.findall(wanted)
    return not conditions or any(
        str(row.get(name)).casefold() == (text.replace("''", "'") or flag).casefold() for name, text, flag in conditions
    )
