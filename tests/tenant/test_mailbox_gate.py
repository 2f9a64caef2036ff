"""The gate of a mailbox: a wait that the service asked for, and the quota of ten minutes."""

from azremediate.core.events import Event, Waiting
from azremediate.tenant.mailbox_gate import MailboxGate
from tests.tenant.clocks import InstantClock


async def test_a_wait_holds_for_whoever_comes() -> None:
    """Nothing is admitted before the time is over, which is believed up to the longest wait, and a long one is told."""
    clock, heard = InstantClock(), list[Event]()
    gate = MailboxGate(clock, heard.append, 60)
    gate.throttled(7)
    async with gate.place():
        assert clock.monotonic() == 7
    gate.throttled(1_000_000)
    async with gate.place():
        assert clock.monotonic() == 67
    assert [event.seconds for event in heard if isinstance(event, Waiting)] == [7, 60]


async def test_the_quota() -> None:
    """10,000 requests go at once, the next ones at the pace of the quota."""
    clock = InstantClock()
    gate = MailboxGate(clock, lambda _: None, 60)
    for _ in range(10_000):
        async with gate.place():
            pass
    assert clock.monotonic() == 0
    for _ in range(50):
        async with gate.place():
            pass
    assert round(clock.monotonic(), 3) == 3
