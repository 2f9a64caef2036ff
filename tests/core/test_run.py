"""What an action is given: writes at its target only, secrets stored once, proofs, and waits that survive a crash."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from azremediate.core.clock import iso
from azremediate.core.errors import ChangeFailed, OutcomeUnknown, OutcomeUnresolved, ServiceFailing, TenantError
from azremediate.core.events import Waiting
from azremediate.core.json_value import JsonObject
from azremediate.core.ports import SignIn, SignInAnswer
from azremediate.core.run import Run, SecretLost
from azremediate.core.secret import Secret
from azremediate.core.target import TargetKind
from azremediate.core.write import AzureWrite, Intent, Receipt, StoredSecret, Write
from tests.core.plans import a_change, a_target
from tests.core.stage import SETTINGS, Directory, Heard, Ledger
from tests.fake_azure import FakeAzure

CHANGE = a_change()
PATH = f"/servicePrincipals/{CHANGE.target.id}"
WRITE = Write("switch", "PATCH", PATH, {"accountEnabled": False}, object_id=CHANGE.target.id)
TAGS = {"azr-change": CHANGE.change_id}
OTHER = a_target(2)


async def _absent() -> JsonObject | None:
    return None


class Stage:
    """One change in the making."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.tenant = Directory(self.ledger, [CHANGE.target, OTHER])
        self.heard = Heard()

    def run(self, change: object = CHANGE) -> Run:
        """As a process that began just now has it."""
        assert isinstance(change, type(CHANGE))
        return Run(change, self.tenant, self.ledger, self.ledger.clock, settings=SETTINGS, listener=self.heard)

    @property
    def waits(self) -> list[float]:
        """Seconds of each wait that was told."""
        return [event.seconds for event in self.heard.events if isinstance(event, Waiting)]


async def test_only_what_was_asked_for_is_kept() -> None:
    """An answer may hold more than should be written down."""
    stage = Stage()

    async def answered(write: Write, intent: Intent) -> Receipt:
        stage.tenant.redeem(intent)
        return Receipt({"keyId": "k", "displayName": "x"}, request_id="r-1")

    stage.tenant.write = answered  # type: ignore[method-assign]  # an answer with more than it should have
    run = stage.run()
    assert (await run.write(replace(WRITE, expects=("keyId",)), _absent)).facts == {"keyId": "k"}
    assert run.request_ids == ("r-1",)


async def test_an_answer_without_what_was_expected_is_unknown() -> None:
    """It is settled by reading, and is never a success without its facts."""
    stage = Stage()

    async def look() -> JsonObject | None:
        return {"keyId": "found"}

    receipt = await stage.run().write(replace(WRITE, expects=("keyId",)), look)
    assert (receipt.facts, receipt.settled) == ({"keyId": "found"}, True)


@pytest.mark.parametrize(
    "write",
    [
        replace(WRITE, path=f"/servicePrincipals/{OTHER.id}", object_id=OTHER.id),
        replace(WRITE, path=f"/servicePrincipals/{OTHER.id}"),
        replace(WRITE, object_id=""),
    ],
    ids=["another object", "another path", "no object"],
)
async def test_a_write_stays_at_the_target_that_the_guards_judged(write: Write) -> None:
    """A plan whose work names another object than its target sends nothing."""
    stage = Stage()
    with pytest.raises(ChangeFailed, match="target"):
        await stage.run().write(write, _absent)
    assert (stage.tenant.writes, stage.ledger.kept) == ([], {})


GRANT = "/oauth2PermissionGrants"
APART = Write("grant", "DELETE", f"{GRANT}/g", object_id=CHANGE.target.id, names_target="clientId")


@pytest.mark.parametrize("client", [CHANGE.target.id, CHANGE.target.id.upper()])
async def test_a_row_apart_from_the_target_names_it(client: str) -> None:
    """What lies elsewhere is read before it is deleted, and its body is looked at before it is made."""
    stage = Stage()
    stage.tenant.collections[GRANT] = [{"id": "g", "clientId": client}]
    await stage.run().write(APART, _absent)
    made = replace(APART, step="make", method="POST", path=GRANT, body={"clientId": client})
    await stage.run().write(made, _absent)
    assert len(stage.tenant.writes) == 2


@pytest.mark.parametrize(
    "write",
    [
        APART,
        replace(APART, object_id=OTHER.id),
        replace(APART, method="POST", path=GRANT, body={"clientId": OTHER.id}),
        replace(APART, method="POST", path=GRANT, body={"resourceId": CHANGE.target.id}),
    ],
    ids=["another's row", "another target", "a row for another", "a row for nobody"],
)
async def test_a_row_of_somebody_else_is_not_touched(write: Write) -> None:
    """A plan that names a row of another object sends nothing."""
    stage = Stage()
    stage.tenant.collections[GRANT] = [{"id": "g", "clientId": OTHER.id}]
    with pytest.raises(ChangeFailed, match="target"):
        await stage.run().write(write, _absent)
    assert stage.tenant.writes == []


async def test_a_write_to_azure() -> None:
    """It is journalled as one, keeps what was asked for, and stays at the target of the change."""
    stage = Stage()
    azure = stage.tenant.azure = FakeAzure(stage.tenant)
    write = AzureWrite("put", "PUT", "/subscriptions/s/x", "2022-04-01", CHANGE.target.id, {"properties": {}})
    receipt = await stage.run().write_azure(replace(write, expects=("id",)), _absent)
    assert receipt.facts == {"id": "/subscriptions/s/x"}
    assert stage.ledger.states(CHANGE) == {"put": "performed"}
    assert (await stage.run().write_azure(replace(write, expects=("id",)), _absent)).settled
    with pytest.raises(ChangeFailed, match="target"):
        await stage.run().write_azure(replace(write, step="other", object_id=OTHER.id), _absent)
    assert len(azure.writes) == 1


async def test_a_change_to_the_tenant_has_no_one_object() -> None:
    """A new policy is nobody's directory object."""
    stage = Stage()
    change = a_change(target=a_target(kind=TargetKind.TENANT))
    await stage.run(change).write(Write("create", "POST", "/identity/conditionalAccess/policies", {}), _absent)
    assert len(stage.tenant.writes) == 1


async def test_a_secret_is_stored_once() -> None:
    """A second process finds it in the journal, and needs no value for that."""
    stage = Stage()
    first = await stage.run().store("store-1", "app", Secret("fake-1"), TAGS)
    assert await stage.run().store("store-1", "app", None, TAGS) == first
    assert len(stage.tenant.secrets.kept["app"]) == 1


async def test_a_stored_secret_is_found_by_its_tags() -> None:
    """The answer of the store was lost: the version with our tags is the one, whatever else lies there."""
    stage = Stage()
    await stage.run().store("before", "app", Secret("fake-0"), {"azr-change": "another"})
    stage.tenant.secrets.refuse, stage.tenant.secrets.late = OutcomeUnknown("no answer"), True
    stored = await stage.run().store("store-1", "app", Secret("fake-1"), TAGS)
    versions = await stage.tenant.secrets.versions("app")
    assert stored == StoredSecret("app", versions[1].version)
    assert len(versions) == 2


async def test_a_lost_secret_is_told() -> None:
    """Without value and without version there is nothing to go on with."""
    stage = Stage()
    await stage.run().store("other", "app", Secret("fake-0"), {"azr-change": "another"})
    with pytest.raises(SecretLost):
        await stage.run().store("store-1", "app", None, TAGS)


async def test_an_open_store_is_not_called_lost() -> None:
    """While the store cannot be read nobody knows, and the new secret must not be thrown away."""
    stage = Stage()
    stage.tenant.secrets.refuse = OutcomeUnknown("no answer")

    async def failing(name: str) -> Sequence[object]:
        raise ServiceFailing("the vault is down")

    stage.tenant.secrets.versions = failing  # type: ignore[assignment,method-assign]  # a store that is down
    with pytest.raises(OutcomeUnresolved):
        await stage.run().store("store-1", "app", Secret("fake-1"), TAGS)


REFUSED = SignInAnswer(SignIn.REFUSED, "AADSTS7000215")


@pytest.mark.parametrize(
    ("answers", "expected", "waits"),
    [
        ([SignInAnswer(SignIn.ACCEPTED)], SignIn.ACCEPTED, []),
        ([REFUSED, SignInAnswer(SignIn.UNCLEAR), SignInAnswer(SignIn.ACCEPTED)], SignIn.ACCEPTED, [1.0, 2.0]),
        ([SignInAnswer(SignIn.DISABLED)], SignIn.DISABLED, []),
        ([REFUSED] * 20, SignIn.REFUSED, [1.0, 2.0, 4.0, 8.0]),
    ],
    ids=["at once", "after a while", "disabled", "never"],
)
async def test_signing_in_is_tried_for_a_while(
    answers: list[SignInAnswer], expected: SignIn, waits: list[float]
) -> None:
    """A new secret needs seconds to work; the last answer within the deadline counts."""
    stage = Stage()
    stored = await stage.run().store("store-1", "app", Secret("fake-1"), TAGS)
    stage.tenant.prover.answers = answers
    assert (await stage.run().until_signed_in(str(uuid4()), stored)).result is expected
    assert stage.waits == waits


async def test_the_value_that_is_proven_is_read_from_the_store() -> None:
    """What the store does not have proves nothing."""
    stage = Stage()
    with pytest.raises(TenantError):
        await stage.run().until_signed_in(str(uuid4()), StoredSecret("app", "no such version"))
    assert stage.tenant.prover.tries == 0


async def test_wait_is_over_once() -> None:
    """The journal knows that it was waited; no waiting time at all is no step."""
    stage = Stage()
    await stage.run().wait("overlap", timedelta(seconds=60))
    await stage.run().wait("overlap", timedelta(seconds=60))
    await stage.run().wait("none", timedelta())
    assert stage.waits == [60.0]
    assert stage.ledger.clock.passed == 60.0
    assert stage.ledger.states(CHANGE) == {"overlap": "performed"}


@pytest.mark.parametrize(("passed", "left"), [(0, 60.0), (25, 35.0), (60, 0.0), (600, 0.0), (-3600, 60.0)])
async def test_wait_after_a_crash(passed: int, left: float) -> None:
    """Only what is left is waited, and a clock that was set back does not make it longer."""
    stage = Stage()
    await stage.run().wait("overlap", timedelta(seconds=60))
    record = stage.ledger.kept[CHANGE.change_id]["overlap"]
    begun = stage.ledger.clock.now() - timedelta(seconds=passed)
    stage.ledger.kept[CHANGE.change_id]["overlap"] = replace(
        record, state=type(record.state).INTENT, started_at=iso(begun)
    )
    await stage.run().wait("overlap", timedelta(seconds=60))
    assert stage.waits == [60.0, left]
    assert stage.ledger.states(CHANGE) == {"overlap": "performed"}


async def test_note_names_its_change() -> None:
    """What an action tells is recorded with the change it belongs to."""
    stage = Stage()
    await stage.run().note("secret.proven", "success", proof="sign-in")
    (note,) = stage.ledger.notes
    assert (note.event, note.outcome, note.change, note.facts) == (
        "secret.proven",
        "success",
        CHANGE,
        {"proof": "sign-in"},
    )
