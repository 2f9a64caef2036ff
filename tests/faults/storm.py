"""A tenant in memory whose every write meets with an outcome from a list, and whose reads lag behind."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from enum import Enum

from azremediate.core.errors import NotSent, OutcomeUnknown, TenantError, Throttled
from azremediate.core.json_value import JsonObject
from azremediate.core.ports import Read
from azremediate.core.write import Intent, Receipt, SecretWrite, StoredSecret, Write
from tests.fake_store import FakeStore
from tests.fakes import Crash, FakeTenant, InstantClock


class Luck(Enum):
    """What becomes of one write."""

    FINE = "answered"
    LOST_BEFORE = "no answer, no effect"
    LOST_AFTER = "no answer, but an effect"
    THROTTLED = "asked to wait"
    UNSENT = "no connection"
    CRASH_BEFORE = "the process dies before the effect"
    CRASH_AFTER = "the process dies after the effect"

    @property
    def crash(self) -> bool:
        """Whether the process dies."""
        return self in (Luck.CRASH_BEFORE, Luck.CRASH_AFTER)


_BEFORE: dict[Luck, Callable[[], TenantError | Crash]] = {
    Luck.LOST_BEFORE: lambda: OutcomeUnknown("no answer"),
    Luck.THROTTLED: lambda: Throttled("wait", retry_after=1.0),
    Luck.UNSENT: lambda: NotSent("no connection"),
    Luck.CRASH_BEFORE: Crash,
}
_AFTER: dict[Luck, Callable[[], TenantError | Crash]] = {
    Luck.LOST_AFTER: lambda: OutcomeUnknown("no answer"),
    Luck.CRASH_AFTER: Crash,
}


class Storm:
    """Deals out luck in order; when it is used up everything is fine. `met` keeps what was dealt."""

    def __init__(self, dealt: list[Luck]) -> None:
        self._left: Iterator[Luck] = iter(dealt)
        self.met: list[Luck] = []

    def before(self) -> Luck:
        """The luck of the next write; raises what keeps it from taking effect."""
        luck = next(self._left, Luck.FINE)
        self.met.append(luck)
        if luck in _BEFORE:
            raise _BEFORE[luck]()
        return luck

    def end(self) -> None:
        """From now on everything is fine."""
        self._left = iter(())

    @staticmethod
    def after(luck: Luck) -> None:
        """Raises what keeps its answer from arriving."""
        if luck in _AFTER:
            raise _AFTER[luck]()


class StormyTenant(FakeTenant):
    """`FakeTenant` in a storm; reads show the state of `lag` seconds ago."""

    def __init__(self, calm: FakeTenant, storm: Storm, clock: InstantClock, lag: float) -> None:
        super().__init__(calm.journal)
        self.collections, self.single = calm.collections, calm.single
        self.storm = storm
        self.secrets = StormyStore(self)
        self._clock = clock
        self._lag = lag
        self._former: list[tuple[float, dict[str, list[dict[str, object]]]]] = []

    async def get(self, read: Read) -> JsonObject:
        """What a replica that lags behind shows."""
        now = self.collections
        waiting = [state for until, state in self._former if until > self._clock.passed]
        self.collections = waiting[0] if waiting else now
        try:
            return await super().get(read)
        finally:
            self.collections = now

    async def write(self, write: Write, intent: Intent) -> Receipt:
        """Do it as luck will have it."""
        self.redeem(intent)
        luck = self.storm.before()
        self._former.append((self._clock.passed + self._lag, deepcopy(self.collections)))
        self.writes.append(write)
        receipt = self._effect(write)
        self.storm.after(luck)
        return receipt


class StormyStore(FakeStore):
    """`FakeStore` in a storm; its reads do not lag."""

    def __init__(self, tenant: StormyTenant) -> None:
        super().__init__(tenant)
        self._storm = tenant.storm

    async def store(self, write: SecretWrite, intent: Intent) -> StoredSecret:
        """Keep one more version as luck will have it."""
        luck = Luck.FINE
        problem: TenantError | Crash | None = None
        try:
            luck = self._storm.before()
        except (TenantError, Crash) as met:
            problem = met
        if problem is not None:
            self.tenant.redeem(intent)
            raise problem
        stored = await super().store(write, intent)
        self._storm.after(luck)
        return stored
