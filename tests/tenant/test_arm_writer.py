"""Writes to Azure Resource Manager: sent once, under an intent, with an outcome that is never guessed."""

import secrets

import pytest

from azremediate.core.errors import (
    Conflict,
    IntegrityBroken,
    NotSent,
    ObjectMissing,
    OutcomeUnknown,
    PermissionMissing,
    RequestRefused,
    TenantError,
    Throttled,
)
from azremediate.core.ports import AzureWriter
from azremediate.core.write import AzureWrite
from azremediate.tenant import open_tenant
from azremediate.tenant.access import Tenant
from tests.tenant.loopback import RESET, Reply, loopback, refusal, reply
from tests.tenant.stage import Redeemer, Stage, everything_in, token

PRINCIPAL = "66666666-6666-4666-8666-666666666666"
SCOPE = "/subscriptions/55555555-5555-4555-8555-555555555555"
PATH = f"{SCOPE}/providers/Microsoft.Authorization/roleAssignments/77777777-7777-4777-8777-777777777777"
PUT = AzureWrite("put-1", "PUT", PATH, "2022-04-01", PRINCIPAL, {"properties": {"a": "b"}}, expects=("id",))
DELETE = AzureWrite("remove-1", "DELETE", PATH, "2022-04-01", PRINCIPAL, absent_is_done=True)


@pytest.fixture
def redeemer() -> Redeemer:
    """The journal's side of an intent."""
    return Redeemer()


@pytest.fixture
def azure(tenant: Tenant, redeemer: Redeemer) -> AzureWriter:
    """Azure with writing."""
    return tenant.writer(redeemer).azure


async def test_a_write(stage: Stage, azure: AzureWriter, redeemer: Redeemer) -> None:
    """The body, the version and the token go out; only what was asked for comes back."""
    answer = {"id": PATH, "keys": [{"value": "obviously-fake"}]}
    stage.vault.script = lambda _: reply(201, answer, **{"x-ms-request-id": "r-1"})
    receipt = await azure.write(PUT, redeemer.intent())
    assert (receipt.facts, receipt.request_id, receipt.status) == ({"id": PATH}, "r-1", 201)
    seen = stage.vault.seen[0]
    assert (seen.method, seen.target) == ("PUT", f"{PATH}?api-version=2022-04-01")
    assert seen.json() == {"properties": {"a": "b"}}
    assert seen.headers["authorization"] == f"Bearer {token()}"
    assert seen.headers["x-ms-client-request-id"] == "33333333-3333-4333-8333-000000000001"


async def test_a_secret_is_revealed_and_not_shown(stage: Stage, azure: AzureWriter, redeemer: Redeemer) -> None:
    """A secret in the answer comes back as a `Secret`."""
    text = secrets.token_urlsafe(24)
    stage.vault.script = lambda _: reply(200, {"id": PATH, "secret": text})
    write = AzureWrite("new-1", "POST", PATH, "2022-04-01", PRINCIPAL, reveals="secret", expects=("id",))
    receipt = await azure.write(write, redeemer.intent())
    assert receipt.facts == {"id": PATH}
    assert receipt.secret is not None
    assert receipt.secret.use(lambda value: value == text)
    assert text not in repr(receipt)


@pytest.mark.parametrize("status", [200, 204])
async def test_a_deletion(stage: Stage, azure: AzureWriter, redeemer: Redeemer, status: int) -> None:
    """ARM answers the deletion of what is there with it, of what is not with nothing."""
    stage.vault.script = lambda _: reply(200, {"id": PATH}) if status == 200 else Reply(204)
    assert (await azure.write(DELETE, redeemer.intent())).status == status


NO_EFFECT = [
    (refusal(400, "InvalidRequestContent"), RequestRefused),
    (refusal(403, "AuthorizationFailed"), PermissionMissing),
    (refusal(404, "SubscriptionNotFound"), ObjectMissing),
    (refusal(409, "RoleAssignmentExists"), Conflict),
    (refusal(429, "TooManyRequests", retry_after="7"), Throttled),
]
UNKNOWN = [
    RESET,
    refusal(408, "x"),
    *(refusal(status, "x") for status in (500, 502, 503, 504)),
    *(Reply(status, headers={"location": "/elsewhere"}) for status in (301, 302, 303, 307, 308)),
    Reply(200, b'{"id": "x"', {"content-type": "application/json"}),
    Reply(200, b'{"id": "x"}', {"content-type": "application/json"}, cut=5),
    reply(200, {"name": "x"}),
    Reply(202, b"{}", {"content-type": "application/json"}),
    Reply(204),
]


@pytest.mark.parametrize(("answer", "error"), NO_EFFECT, ids=str)
async def test_surely_no_effect(
    stage: Stage, azure: AzureWriter, redeemer: Redeemer, answer: Reply, error: type[TenantError]
) -> None:
    """A refusal is known as one; it is not repeated here."""
    stage.vault.script = lambda _: answer
    with pytest.raises(error) as raised:
        await azure.write(PUT, redeemer.intent())
    assert len(stage.vault.seen) == 1
    assert "hostile" not in everything_in(raised.value)
    if isinstance(raised.value, Throttled):
        assert raised.value.retry_after == 7


@pytest.mark.parametrize("answer", UNKNOWN, ids=str)
async def test_unknown_outcome(stage: Stage, azure: AzureWriter, redeemer: Redeemer, answer: Reply) -> None:
    """What may have taken effect is unknown, and was sent exactly once."""
    stage.vault.script = lambda _: answer
    with pytest.raises(OutcomeUnknown):
        await azure.write(PUT, redeemer.intent())
    assert len(stage.vault.seen) == 1


async def test_nobody_listens(stage: Stage, redeemer: Redeemer) -> None:
    """A refused connection surely had no effect."""
    async with loopback(lambda _: RESET, stage.server_tls) as gone:
        stage.vault.base = gone.base
    async with open_tenant(stage.config(), stage.clock, stage.heard.append) as tenant:
        with pytest.raises(NotSent):
            await tenant.writer(redeemer).azure.write(PUT, redeemer.intent())


async def test_an_intent_is_good_for_one_write(stage: Stage, azure: AzureWriter, redeemer: Redeemer) -> None:
    """Nothing is sent under an intent that was used or never committed."""
    stage.vault.script = lambda _: Reply(204)
    intent = redeemer.intent()
    await azure.write(DELETE, intent)
    with pytest.raises(IntegrityBroken):
        await azure.write(DELETE, intent)
    assert len(stage.vault.seen) == 1


@pytest.mark.parametrize(
    ("method", "path", "version"),
    [
        ("GET", PATH, "2022-04-01"),
        ("PUT", f"{SCOPE}/../x", "2022-04-01"),
        ("PUT", f"{SCOPE}//x", "2022-04-01"),
        ("PUT", f"{SCOPE}/x?y=z", "2022-04-01"),
        ("PUT", f"{SCOPE}/%2e%2e/x", "2022-04-01"),
        ("PUT", "//evil.example/x", "2022-04-01"),
        ("PUT", PATH, "2022-04-01&x=y"),
    ],
)
async def test_unusable_requests(
    stage: Stage, azure: AzureWriter, redeemer: Redeemer, method: str, path: str, version: str
) -> None:
    """What could lead elsewhere is refused before anything is sent."""
    with pytest.raises(RequestRefused):
        await azure.write(AzureWrite("x", method, path, version, PRINCIPAL), redeemer.intent())
    assert stage.vault.seen == []


async def test_one_resource_is_read(stage: Stage, azure: AzureWriter) -> None:
    """By its id, as ARM shows it; what is not there says so."""
    stage.vault.script = lambda _: reply(200, {"id": PATH})
    assert await azure.get(PATH, "2022-04-01") == {"id": PATH}
    stage.vault.script = lambda _: refusal(404, "RoleAssignmentNotFound")
    with pytest.raises(ObjectMissing):
        await azure.get(PATH, "2022-04-01")
