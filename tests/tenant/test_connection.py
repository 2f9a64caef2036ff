"""The connection: who may get the token, and the server's clock."""

from datetime import datetime, timedelta

import pytest

from azremediate.tenant.access import Tenant
from azremediate.tenant.answers import Unsent
from tests.tenant.clocks import START, InstantClock
from tests.tenant.loopback import loopback, reply
from tests.tenant.stage import Stage


async def test_the_token_is_for_one_origin(stage: Stage, tenant: Tenant) -> None:
    """Another port of the same host gets neither token nor request."""
    async with loopback(lambda _: reply(200, {})) as other:
        for address in (other.base, stage.graph.base.replace("http://", "http://user@"), "http://localhost"):
            with pytest.raises(Unsent, match="not of the configured Graph"):
                await tenant._parts.connection.send("GET", f"{address}/v1.0/users")
        assert other.seen == stage.graph.seen == []


@pytest.mark.parametrize("date", ["", "soon", "Sun, 99 Nov 2026 12:00:00 GMT"])
async def test_a_date_that_is_none(stage: Stage, tenant: Tenant, date: str) -> None:
    """The clock of the server is what it last was."""
    dates = ["Sun, 22 Nov 2026 11:59:00 GMT", date]
    stage.graph.script = lambda _: reply(200, {}, date=dates.pop(0))
    connection = tenant._parts.connection
    for _ in range(2):
        assert (await connection.send("GET", f"{stage.graph.base}/v1.0/users")).status == 200
    assert tenant.server_time is not None
    assert (tenant.server_time - START).total_seconds() == tenant.skew.total_seconds() == -60


@pytest.mark.fault("P5")
@pytest.mark.parametrize(("steady", "wall"), [(600.0, 600.0), (0.0, 600.0), (600.0, -3600.0)])
async def test_time_goes_on_without_answers(stage: Stage, tenant: Tenant, steady: float, wall: float) -> None:
    """A process that was held, a machine that slept and a clock that was set back: the longer measure counts."""

    class Later(InstantClock):
        def now(self) -> datetime:
            """The start and the wall clock's share."""
            return START + timedelta(seconds=wall if self.slept else 0.0)

        def monotonic(self) -> float:
            """The steady clock's share."""
            return steady if self.slept else 0.0

    stage.graph.script = lambda _: reply(200, {}, date="Sun, 22 Nov 2026 12:00:00 GMT")
    connection = tenant._parts.connection
    clock = connection._clock = Later()
    await connection.send("GET", f"{stage.graph.base}/v1.0/users")
    assert tenant.server_time == START
    clock.slept.append(1.0)
    assert tenant.server_time == START + timedelta(seconds=600)


async def test_no_answer_no_time(tenant: Tenant) -> None:
    """Before the first answer the server's clock is not known."""
    assert (tenant.server_time, tenant.skew.total_seconds()) == (None, 0)
