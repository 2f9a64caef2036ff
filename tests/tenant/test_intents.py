"""Writes and intents: nothing is sent that the journal does not stand behind."""

import base64
import json
from urllib.parse import parse_qs

import pytest

from azremediate.core.errors import IntegrityBroken, RequestRefused, SignInFailed
from azremediate.core.exit_code import ExitCode
from azremediate.core.ports import Read, TenantWriter
from azremediate.core.write import Write
from azremediate.tenant.access import Tenant
from tests.tenant.loopback import Reply, Seen, refusal, reply
from tests.tenant.stage import TENANT, Redeemer, Stage

DISABLE = Write(
    "disable", "PATCH", "/servicePrincipals/44444444-4444-4444-8444-444444444444", {"accountEnabled": False}
)
WANTED = {"access_token": {"nbf": {"essential": True, "value": "1700000000"}}}
"""What a challenge asks for."""


@pytest.fixture
def redeemer() -> Redeemer:
    """The journal's side of an intent."""
    return Redeemer()


@pytest.fixture
def writer(tenant: Tenant, redeemer: Redeemer) -> TenantWriter:
    """The tenant with writing."""
    return tenant.writer(redeemer)


@pytest.mark.fault("G7")
@pytest.mark.parametrize("uses", [0, 1], ids=["not committed", "used before"])
async def test_no_write_without_an_intent(stage: Stage, writer: TenantWriter, redeemer: Redeemer, uses: int) -> None:
    """An intent that the journal does not stand behind sends nothing."""
    stage.graph.script = lambda _: Reply(204)
    intent = redeemer.intent()
    if uses:
        await writer.write(DISABLE, intent)
    else:
        redeemer.committed.clear()
    with pytest.raises(IntegrityBroken):
        await writer.write(DISABLE, intent)
    assert len(stage.graph.seen) == uses


async def test_the_intent_is_redeemed_when_only_the_sending_is_left(stage: Stage, tenant: Tenant) -> None:
    """No token, no redeeming: a failed sign-in does not use the intent up."""
    redeemer = Redeemer()
    stage.login.script = lambda _: Reply(500)
    with pytest.raises(SignInFailed):
        await tenant.writer(redeemer).write(DISABLE, redeemer.intent(5))
    assert redeemer.committed == {5}


@pytest.mark.fault("N15")
async def test_a_refused_token_is_renewed_under_the_same_intent(
    stage: Stage, writer: TenantWriter, redeemer: Redeemer
) -> None:
    """The first sending was surely rejected, so one more is allowed; the intent is redeemed once."""
    replies = [refusal(401, "InvalidAuthenticationToken"), Reply(204)]
    stage.graph.script = lambda _: replies.pop(0)
    receipt = await writer.write(DISABLE, redeemer.intent())
    assert receipt.status == 204
    assert (len(stage.graph.seen), len(stage.login.seen)) == (2, 2)
    stage.graph.script = lambda _: _challenged()
    with pytest.raises(SignInFailed) as raised:
        await writer.write(DISABLE, redeemer.intent(2))
    assert raised.value.exit_code is ExitCode.SIGN_IN
    assert len(stage.graph.seen) == 4
    assert _claims_asked(stage) == [None, None, WANTED["access_token"]]


@pytest.mark.fault("N15")
@pytest.mark.parametrize("kind", ["read", "write"])
async def test_a_challenge_that_is_met(stage: Stage, writer: TenantWriter, redeemer: Redeemer, kind: str) -> None:
    """The token is fetched anew with the claims that were asked for, and the request is sent once more with it."""
    replies = [_challenged(), Reply(204) if kind == "write" else reply(200, {"id": "1"})]
    stage.graph.script = lambda _: replies.pop(0)
    if kind == "write":
        assert (await writer.write(DISABLE, redeemer.intent())).status == 204
    else:
        assert await writer.get(Read("/organization")) == {"id": "1"}
    assert len(stage.graph.seen) == 2
    assert _claims_asked(stage) == [None, WANTED["access_token"]]


@pytest.mark.fault("N15")
@pytest.mark.parametrize("service", ["arm", "vault"])
async def test_a_challenge_of_azures_own_services_is_met(
    stage: Stage, writer: TenantWriter, redeemer: Redeemer, service: str
) -> None:
    """Azure's clients send once more with the token that they are given: it has to be a new one, with those claims."""
    first = f'Bearer authorization="{stage.login.base}/{TENANT}", resource="https://vault.azure.net"'
    uri = f"{stage.login.base}/{TENANT}"
    replies = [_challenged(uri), reply(200, {"keys": [], "value": [], "id": "x"})]

    def script(seen: Seen) -> Reply:
        if "authorization" not in seen.headers:  # so a vault answers a client that it does not know yet
            return reply(401, {"error": {"code": "Unauthorized"}}, WWW_Authenticate=first)
        return replies.pop(0)

    stage.vault.script = script
    if service == "arm":
        assert await writer.azure.get(f"/subscriptions/{TENANT}", "2022-12-01") == {"keys": [], "value": [], "id": "x"}
    else:
        assert await writer.secrets.versions("app-x") == []
    assert replies == []
    assert _claims_asked(stage) == [None, WANTED["access_token"]]


def _challenged(uri: str = "") -> Reply:
    coded = base64.b64encode(json.dumps(WANTED).encode()).decode()
    where = f'authorization_uri="{uri}", ' if uri else ""
    challenge = f'Bearer realm="", {where}error="insufficient_claims", claims="{coded}"'
    return refusal(401, "InvalidAuthenticationToken", WWW_Authenticate=challenge)


def _claims_asked(stage: Stage) -> list[object]:
    """Which claims of an access token each request for one asked for."""
    forms = [parse_qs(seen.body.decode()) for seen in stage.login.seen]
    return [json.loads(form["claims"][0])["access_token"] if "claims" in form else None for form in forms]


@pytest.mark.parametrize(
    "write", [Write("w", "GET", "/users"), Write("w", "POST", "/$batch"), Write("w", "POST", "/../x")]
)
async def test_what_is_not_a_write(stage: Stage, writer: TenantWriter, redeemer: Redeemer, write: Write) -> None:
    """A batch could hold any write, so the writer takes none."""
    with pytest.raises(RequestRefused):
        await writer.write(write, redeemer.intent())
    assert stage.graph.seen == []
