"""A frozen run stops before its next write, loses nothing, and goes on when it is thawed."""

from azremediate.core.executor import apply_plan
from azremediate.core.exit_code import ExitCode
from azremediate.core.result import ChangeResult, ChangeStatus, run_exit_code
from azremediate.core.run import Run
from azremediate.core.secret import Secret
from azremediate.core.write import Write
from tests.core.plans import a_change, a_plan
from tests.core.stage import SETTINGS, Directory, Ledger, TwoWrites, an_execution

ONE, TWO = a_change(1), a_change(2)
WHY = "frozen by a test"


def _statuses(results: tuple[ChangeResult, ...]) -> list[str]:
    return [result.status.value for result in results]


async def test_nothing_is_begun_while_frozen() -> None:
    """No change is started, the run stays open with exit 130, and it goes on afterwards."""
    ledger = Ledger()
    tenant = Directory(ledger, [ONE.target, TWO.target])
    plan = a_plan(ONE, TWO)
    results = await apply_plan(an_execution(tenant, ledger, frozen=lambda: WHY), plan)
    assert _statuses(results) == ["not_started", "not_started"]
    assert (run_exit_code(results), results[0].reason, tenant.writes) == (ExitCode.STOPPED, WHY, [])
    assert _statuses(await apply_plan(an_execution(tenant, ledger), plan)) == ["verified", "verified"]


async def test_a_change_stops_between_two_writes() -> None:
    """Frozen after its first write: it is open, and its first write is not sent again."""
    ledger = Ledger()
    tenant = Directory(ledger, [ONE.target])
    frozen = ""

    def freeze(write: Write) -> None:
        nonlocal frozen
        frozen = WHY

    tenant.on_write = freeze
    execution = an_execution(tenant, ledger, TwoWrites(), frozen=lambda: frozen)
    (result,) = await apply_plan(execution, a_plan(ONE))
    assert (result.status, result.reason, result.status.final) == (ChangeStatus.STOPPED, WHY, False)
    assert [write.step for write in tenant.writes] == ["first"]
    (result,) = await apply_plan(execution, a_plan(ONE))
    assert result.status is ChangeStatus.STOPPED
    frozen, tenant.on_write = "", lambda write: None
    (result,) = await apply_plan(an_execution(tenant, ledger, TwoWrites()), a_plan(ONE))
    assert result.status is ChangeStatus.VERIFIED


async def test_a_secret_in_hand_is_put_away() -> None:
    """Its value would be lost otherwise; and what must not stay is taken back."""
    ledger = Ledger()
    tenant = Directory(ledger, [ONE.target])
    run = Run(ONE, tenant, ledger, ledger.clock, settings=SETTINGS, listener=lambda event: None, frozen=lambda: WHY)
    stored = await run.store("store", "name", Secret("obviously-fake"), {"azr-change": ONE.tag})
    assert stored.version

    async def never() -> None:
        return None

    path = f"/servicePrincipals/{ONE.target.id}"
    await run.write(Write("back", "PATCH", path, {"accountEnabled": True}, object_id=ONE.target.id), never, urgent=True)
    assert ledger.states(ONE) == {"store": "performed", "back": "performed"}
