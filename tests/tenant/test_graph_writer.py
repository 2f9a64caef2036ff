"""Writes: sent once, under an intent, with an outcome that is never guessed, over real sockets."""

import asyncio
import secrets
import ssl
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta

import pytest
import trustme

from azremediate.core.config import Network
from azremediate.core.errors import (
    Conflict,
    NotSent,
    ObjectMissing,
    OutcomeUnknown,
    PermissionMissing,
    RequestRefused,
    TenantError,
    Throttled,
)
from azremediate.core.ports import TenantWriter
from azremediate.core.secret import Secret
from azremediate.core.write import Body, Write
from azremediate.tenant import open_tenant
from azremediate.tenant.access import Tenant
from azremediate.tenant.answers import Answer
from azremediate.tenant.graph_writer import used_share
from tests.tenant.loopback import RESET, Reply, Seen, loopback, refusal, reply
from tests.tenant.stage import Redeemer, Stage, everything_in

OBJECT = "44444444-4444-4444-8444-444444444444"
ADD = Write(
    "add-1",
    "POST",
    f"/applications/{OBJECT}/addPassword",
    {"passwordCredential": {"displayName": "azr-1"}},
    OBJECT,
    reveals="secretText",
    expects=("keyId",),
)
DISABLE = Write("disable", "PATCH", f"/servicePrincipals/{OBJECT}", {"accountEnabled": False}, OBJECT)


@pytest.fixture
def redeemer() -> Redeemer:
    """The journal's side of an intent."""
    return Redeemer()


@pytest.fixture
def writer(tenant: Tenant, redeemer: Redeemer) -> TenantWriter:
    """The tenant with writing."""
    return tenant.writer(redeemer)


async def test_a_secret_is_revealed_once(stage: Stage, writer: TenantWriter, redeemer: Redeemer) -> None:
    """The server's secret comes back as a `Secret` and nowhere else."""
    text = secrets.token_urlsafe(24)
    answer = {"@odata.context": "x", "keyId": "k-1", "hint": text[:3], "secretText": text}
    stage.graph.script = lambda _: reply(200, answer, request_id="r-1", date="Sun, 22 Nov 2026 12:00:00 GMT")
    receipt = await writer.write(ADD, redeemer.intent())
    assert receipt.facts == {"keyId": "k-1", "hint": text[:3]}
    assert receipt.secret is not None
    assert receipt.secret.use(lambda value: value == text)
    assert (receipt.request_id, receipt.status, receipt.server_time) == ("r-1", 200, "Sun, 22 Nov 2026 12:00:00 GMT")
    assert text not in repr(receipt)
    seen = stage.graph.seen[0]
    assert seen.json() == {"passwordCredential": {"displayName": "azr-1"}}
    assert seen.headers["client-request-id"] == "33333333-3333-4333-8333-000000000001"


async def test_a_secret_in_a_body_is_sent_and_not_shown(stage: Stage, writer: TenantWriter, redeemer: Redeemer) -> None:
    """The service gets the value; no error about the request holds it, however it fails."""
    text = secrets.token_urlsafe(24)
    body: Body = {"passwordProfile": {"password": Secret(text), "list": [Secret(text)]}}
    write = Write("reset", "PATCH", f"/users/{OBJECT}", body, OBJECT)
    replies = [refusal(400, "BadRequest"), refusal(503, "x"), RESET, Reply(200, text.encode()), reply(200, [text])]
    left = list(replies)
    stage.graph.script = lambda _: left.pop(0)
    for number in range(len(replies)):
        with pytest.raises(TenantError) as raised:
            await writer.write(write, redeemer.intent(number))
        assert text not in everything_in(raised.value)
        assert (raised.value.__cause__, raised.value.__context__) == (None, None)
    assert [seen.json() for seen in stage.graph.seen] == [{"passwordProfile": {"password": text, "list": [text]}}] * 5


NO_EFFECT = [
    (refusal(400, "Request_BadRequest"), RequestRefused),
    (refusal(405, "x"), RequestRefused),
    (refusal(413, "x"), RequestRefused),
    (refusal(422, "x"), RequestRefused),
    (refusal(403, "Authorization_RequestDenied"), PermissionMissing),
    (refusal(404, "Request_ResourceNotFound"), ObjectMissing),
    (refusal(409, "Directory_ConcurrencyViolation"), Conflict),
    (refusal(429, "TooManyRequests", retry_after="7"), Throttled),
]
UNKNOWN = [
    RESET,
    refusal(408, "x"),
    *(refusal(status, "x") for status in (500, 502, 503, 504)),
    *(Reply(status, headers={"location": "/elsewhere"}) for status in (301, 302, 303, 307, 308)),
    Reply(200, b'{"keyId": "k", "secretText": "obviously-fake"}', {"content-type": "application/json"}, cut=20),
    Reply(200, b'{"keyId": "k", "secretText": "obvi', {"content-type": "application/json"}),
    Reply(200, b'{"keyId": "k", "secretText": "obviously-fake"}', {"content-type": "text/plain"}),
    Reply(200, b"", {"content-type": "application/json"}),
    reply(200, {"keyId": "k"}),
    reply(200, {"secretText": "obviously-fake"}),
    reply(200, {"keyId": "k", "secretText": None}),
    reply(200, {"keyId": "k", "secretText": "obviously-fake", "displayName": "it is obviously-fake"}),
    Reply(202, b"{}", {"content-type": "application/json"}),
    Reply(204),
]


@pytest.mark.fault("N14", "N17")
@pytest.mark.parametrize(("answer", "error"), NO_EFFECT, ids=str)
async def test_surely_no_effect(
    stage: Stage, writer: TenantWriter, redeemer: Redeemer, answer: Reply, error: type[TenantError]
) -> None:
    """A refusal is known as one; it is not repeated here."""
    stage.graph.script = lambda _: answer
    with pytest.raises(error) as raised:
        await writer.write(ADD, redeemer.intent())
    assert len(stage.graph.seen) == 1
    assert "hostile" not in everything_in(raised.value)
    if isinstance(raised.value, Throttled):
        assert raised.value.retry_after == 7


@pytest.mark.fault("N7", "N12")
@pytest.mark.parametrize("answer", UNKNOWN, ids=str)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_unknown_outcome(
    stage: Stage, writer: TenantWriter, redeemer: Redeemer, answer: Reply, method: str
) -> None:
    """What may have taken effect is unknown, and was sent exactly once, by whatever method."""
    stage.graph.script = lambda _: answer
    write = Write("add-1", method, ADD.path, ADD.body, OBJECT, reveals="secretText", expects=("keyId",))
    with pytest.raises(OutcomeUnknown) as raised:
        await writer.write(write, redeemer.intent())
    assert len(stage.graph.seen) == 1
    assert "obviously-fake" not in everything_in(raised.value)


async def test_unknown_on_a_connection_that_was_used_before(
    stage: Stage, writer: TenantWriter, redeemer: Redeemer
) -> None:
    """A kept connection that breaks under a deletion does not lead to a second deletion."""
    stage.graph.script = lambda _: Reply(204)
    await writer.write(Write("a", "DELETE", f"/applications/{OBJECT}"), redeemer.intent(1))
    stage.graph.script = lambda _: RESET
    with pytest.raises(OutcomeUnknown):
        await writer.write(Write("b", "DELETE", f"/applications/{OBJECT}"), redeemer.intent(2))
    assert len(stage.graph.seen) == 2


@pytest.mark.fault("N9")
async def test_a_redirect_takes_nothing_elsewhere(stage: Stage, writer: TenantWriter, redeemer: Redeemer) -> None:
    """The server that a 307 names sees no request."""
    async with loopback(lambda _: Reply(204)) as other:
        stage.graph.script = lambda _: Reply(307, headers={"location": f"{other.base}/v1.0/x"})
        with pytest.raises(OutcomeUnknown):
            await writer.write(DISABLE, redeemer.intent())
        assert other.seen == []


@pytest.mark.fault("N3", "N6")
async def test_no_answer_in_time(stage: Stage, redeemer: Redeemer) -> None:
    """An answer that comes too late, or drips, leaves the outcome unknown."""

    async def never(_: Seen) -> Reply:
        await asyncio.Event().wait()
        return Reply(204)

    stage.graph.script = never
    config = replace(stage.config(), network=Network(request=timedelta(milliseconds=150)))
    async with open_tenant(config, stage.clock, stage.heard.append) as tenant:
        with pytest.raises(OutcomeUnknown):
            await tenant.writer(redeemer).write(DISABLE, redeemer.intent())
    assert len(stage.graph.seen) == 1


@pytest.mark.fault("N1")
async def test_nobody_listens(stage: Stage, redeemer: Redeemer) -> None:
    """A refused connection surely had no effect."""
    async with loopback(lambda _: Reply(204)) as gone:
        stage.graph.base = gone.base
    async with open_tenant(stage.config(), stage.clock, stage.heard.append) as tenant:
        with pytest.raises(NotSent):
            await tenant.writer(redeemer).write(DISABLE, redeemer.intent())


@pytest.mark.fault("N26")
async def test_untrusted_certificate(stage: Stage, redeemer: Redeemer) -> None:
    """A server that cannot prove its name gets no request."""
    strange = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(strange)
    async with loopback(lambda _: Reply(204), strange) as impostor:
        stage.graph.base = impostor.base
        async with open_tenant(stage.config(), stage.clock, stage.heard.append) as tenant:
            await tenant.own_claims()
            with pytest.raises(NotSent, match="certificate"):
                await tenant.writer(redeemer).write(DISABLE, redeemer.intent())
        assert impostor.seen == []


async def _most_under_way(stage: Stage, writes: list[Awaitable[object]], together: bool) -> int:
    """The most requests that the server had at once, when each waits for the other or lets it come."""
    under_way, most = 0, 0
    both = asyncio.Event()

    async def script(_: Seen) -> Reply:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        if under_way == 2:
            both.set()
        if together:
            await both.wait()
        for _turn in range(200):
            await asyncio.sleep(0)
        under_way -= 1
        return Reply(204)

    stage.graph.script = script
    async with asyncio.timeout(60):
        await asyncio.gather(*writes)
    return most


async def test_writes_to_one_object_never_overlap(stage: Stage, writer: TenantWriter, redeemer: Redeemer) -> None:
    """The second waits for the first's answer; writes to different objects go side by side."""
    path = f"/users/{OBJECT}"
    same = [Write("w", "PATCH", path, {}, name) for name in ("object-a", "OBJECT-A")]
    different = [Write("w", "PATCH", path, {}, name) for name in ("object-a", "object-b")]
    for number, (writes, together) in enumerate([(same, False), (different, True)]):
        intents = [redeemer.intent(10 * number + index) for index in range(2)]
        sending = [writer.write(write, intent) for write, intent in zip(writes, intents, strict=True)]
        assert await _most_under_way(stage, list(sending), together) == 1 + together


@pytest.mark.fault("P6")
async def test_a_cancelled_write_is_cancelled(stage: Stage, writer: TenantWriter, redeemer: Redeemer) -> None:
    """Cancelling is not turned into an outcome."""
    arrived = asyncio.Event()

    async def script(_: Seen) -> Reply:
        arrived.set()
        await asyncio.Event().wait()
        return Reply(204)

    stage.graph.script = script
    task = asyncio.ensure_future(writer.write(DISABLE, redeemer.intent()))
    await arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    ("said", "share"),
    [("0.85", 0.85), ("1.8", 1.8), ("1", 1.0), ("", 0.0), ("nan", 0.0), ("-1", 0.0), ("1e9", 0.0), ("99999", 0.0)],
)
def test_the_used_share_of_a_quota(said: str, share: float) -> None:
    """What the service says, when it is a number as documented."""
    headers = {"x-ms-throttle-limit-percentage": said} if said else {}
    assert used_share(Answer(200, headers, b"")) == share
