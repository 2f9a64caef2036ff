"""Tokens: one request however many wait, kept, renewed, and never given to the wrong one."""

import asyncio
import ssl
import time
from contextlib import AsyncExitStack

import pytest
import trustme
from azure.core.credentials import AccessToken

from azremediate.core.errors import SignInFailed
from azremediate.tenant import open_tenant
from azremediate.tenant.access import Tenant
from azremediate.tenant.token_source import TokenSource, claims_of, own_claims_of
from tests.tenant.clocks import InstantClock
from tests.tenant.loopback import RESET, Reply, Seen, loopback, reply
from tests.tenant.stage import APP, TENANT, Stage, everything_in, give_token, refuse_sign_in, token

GRAPH = "https://graph.microsoft.com/.default"


class Counting:
    """A credential that counts and gives tokens of a chosen lifetime."""

    def __init__(self, lifetime: float) -> None:
        self.lifetime = lifetime
        self.asked = 0
        self.closed = 0

    async def get_token(self, *scopes: str, claims: str | None = None) -> AccessToken:
        """The next token, after others had a chance to ask too."""
        self.asked += 1
        await asyncio.sleep(0)
        return AccessToken(token(self.asked), int(time.time() + self.lifetime))

    async def close(self) -> None:
        """Count it."""
        self.closed += 1


async def test_many_wait_for_one_request(tenant: Tenant, stage: Stage) -> None:
    """32 callers at once, before there is any token, are one token request."""
    await asyncio.gather(*(tenant._parts.tokens.token(GRAPH) for _ in range(32)))
    assert len(stage.login.seen) == 1
    assert f"client_id={APP}" in stage.login.seen[0].body.decode()
    assert stage.login.seen[0].path == f"/{TENANT}/oauth2/v2.0/token"


async def test_many_renew_by_one_request(tenant: Tenant, stage: Stage) -> None:
    """32 callers whose token was refused share one new one, from a credential without memory."""
    tokens = tenant._parts.tokens
    await tokens.token(GRAPH)
    refused = tokens.generation(GRAPH)
    await asyncio.gather(*(tokens.renew(GRAPH, refused) for _ in range(32)))
    assert len(stage.login.seen) == 2


@pytest.mark.parametrize(("lifetime", "kept"), [(3600, 3295), (400, 195), (10, 4)])
async def test_a_token_is_replaced_before_it_ends(lifetime: float, kept: float) -> None:
    """Five minutes before; a short-lived one when half of its time is over."""
    clock, credential = InstantClock(), Counting(lifetime)
    tokens = TokenSource(lambda: credential, TENANT, "https://login.example", clock, "")
    await tokens.token(GRAPH)
    clock.slept.append(kept)
    await tokens.token(GRAPH)
    assert credential.asked == 1
    clock.slept.append(6)
    await tokens.token(GRAPH)
    assert credential.asked == 2
    await tokens.close()
    assert credential.closed == 1


async def test_own_claims(tenant: Tenant) -> None:
    """What the token says of the tool, in a fixed form."""
    claims = {"tid": TENANT, "appid": APP, "oid": "o-1", "idtyp": "app", "upn": "", "roles": ["User.Read.All"]}
    assert await tenant.own_claims() == claims


@pytest.mark.parametrize("text", ["", "opaque", "a.b.c", "a..c", f"a.{'W10'}.c", f"a.{'W' * 5}.c"])
def test_a_token_that_cannot_be_read(text: str) -> None:
    """It has no claims; that is no error."""
    assert claims_of(text) == {}
    assert own_claims_of(text)["roles"] == []


async def test_a_token_of_another_tenant(tenant: Tenant, stage: Stage) -> None:
    """Whoever is signed in elsewhere is told so."""
    answer = {"token_type": "Bearer", "expires_in": 3599, "access_token": token(tenant="other")}
    stage.login.script = lambda _: reply(200, answer)
    with pytest.raises(SignInFailed, match="another tenant"):
        await tenant.own_claims()


@pytest.mark.parametrize(
    ("answer", "code", "hint", "requests"),
    [
        (refuse_sign_in(7000215, "invalid_client"), "AADSTS7000215", "AZREMEDIATE_CLIENT_SECRET", 1),
        (refuse_sign_in(7000222, "invalid_client"), "AADSTS7000222", "expired", 1),
        (refuse_sign_in(700016, "unauthorized_client", 400), "AADSTS700016", "auth.client_id", 1),
        (refuse_sign_in(90002, "invalid_request", 400), "AADSTS90002", "tenant_id", 1),
        (refuse_sign_in(7000112, "unauthorized_client", 400), "AADSTS7000112", "disabled", 1),
        (refuse_sign_in(53003, "interaction_required", 400), "AADSTS53003", "Conditional Access", 1),
        (refuse_sign_in(90033, "temporarily_unavailable", 400), "AADSTS90033", "busy", 3),
        (refuse_sign_in(99999, "strange", 400), "AADSTS99999", "auth.client_id", 1),
        (reply(500, {}), "", "auth.client_id", 3),
        (Reply(200, b"hostile", {"content-type": "text/html"}), "", "", 1),
        (Reply(307, headers={"location": "https://127.0.0.1:1/"}), "", "", 1),
    ],
    ids=str,
)
async def test_refused(tenant: Tenant, stage: Stage, answer: Reply, code: str, hint: str, requests: int) -> None:
    """Each refusal says what to do, without the server's words or the secret; only passing ones are tried again."""
    stage.login.script = lambda _: answer
    with pytest.raises(SignInFailed) as raised:
        await tenant.own_claims()
    assert raised.value.code == code
    assert hint in raised.value.hint
    assert len(stage.login.seen) == requests
    shown = everything_in(raised.value)
    assert "hostile" not in shown
    assert stage.secret_file.read_text() not in shown


@pytest.mark.parametrize("failure", ["nobody", "reset", "certificate"])
async def test_unreachable(stage: Stage, failure: str) -> None:
    """A sentence that names the host, after three tries."""
    strange = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(strange)
    async with AsyncExitStack() as running:
        other = await running.enter_async_context(
            loopback(lambda _: RESET, strange if failure == "certificate" else stage.server_tls)
        )
        if failure == "nobody":
            await running.aclose()
        stage.login.base = other.base
        async with open_tenant(stage.config(), stage.clock, stage.heard.append) as tenant:
            with pytest.raises(SignInFailed, match="cannot be reached") as raised:
                await tenant.own_claims()
    assert other.base.removeprefix("https://") in raised.value.message
    assert ("certificate is not trusted" in raised.value.message) == (failure == "certificate")
    assert len(stage.clock.slept) == 2


async def test_a_passing_failure_passes(tenant: Tenant, stage: Stage) -> None:
    """One bad answer does not end a run."""
    replies = [reply(503, {})]

    def script(seen: Seen) -> Reply:
        return replies.pop() if replies else give_token(seen)

    stage.login.script = script
    assert (await tenant.own_claims())["tid"] == TENANT


@pytest.mark.parametrize(("scope", "tenant_id"), [("https://vault.azure.net/.default", None), (GRAPH, "other")])
async def test_a_limited_source_gives_one_scope(
    tenant: Tenant, stage: Stage, scope: str, tenant_id: str | None
) -> None:
    """A server's challenge cannot ask for another service's token, or another tenant's."""
    limited = tenant._parts.tokens.limited_to(GRAPH)
    with pytest.raises(SignInFailed, match="another service or tenant"):
        await limited.get_token(scope, tenant_id=tenant_id)
    assert stage.login.seen == []
    assert (await limited.get_token(GRAPH, tenant_id=TENANT.upper(), enable_cae=True)).token == token()
