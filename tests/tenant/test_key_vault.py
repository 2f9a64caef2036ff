"""Key Vault: reading and storing secrets over TLS, with the outcome classes of every write."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from azremediate.core.config import Network, SecretStore
from azremediate.core.errors import (
    AzremediateError,
    ConfigInvalid,
    Conflict,
    IntegrityBroken,
    NotSent,
    OutcomeUnknown,
    PermissionMissing,
    RequestRefused,
    ServiceFailing,
    SignInFailed,
    Throttled,
)
from azremediate.core.secret import Secret
from azremediate.core.write import SecretWrite
from azremediate.tenant import open_tenant
from azremediate.tenant.access import Tenant
from tests.tenant.loopback import RESET, Reply, Script, Seen, loopback, refusal, reply
from tests.tenant.stage import TENANT, Redeemer, Stage, everything_in


def guarded(
    stage: Stage, script: Callable[[Seen], Reply], tenant: str = TENANT, resource: str = "vault.azure.net"
) -> Script:
    """A vault that asks for a token first."""

    def answer(seen: Seen) -> Reply:
        if "authorization" in seen.headers:
            return script(seen)
        assert seen.body == b"", "the value must not be sent before the token"
        challenge = f'Bearer authorization="{stage.login.base}/{tenant}", resource="https://{resource}"'
        return reply(401, {"error": {"code": "Unauthorized"}}, WWW_Authenticate=challenge)

    return answer


def bundle(stage: Stage, version: str, **more: object) -> dict[str, object]:
    """A secret as the vault shows it."""
    return {"id": f"{stage.vault.base}/secrets/app-x/{version}", "attributes": {"enabled": True}, **more}


def puts(stage: Stage) -> list[Seen]:
    """The requests that carried a value."""
    return [seen for seen in stage.vault.seen if seen.method == "PUT" and seen.body]


async def test_store(stage: Stage, tenant: Tenant) -> None:
    """One version with value and tags; the answer says which."""
    text = secrets.token_urlsafe(24)
    stage.vault.script = guarded(stage, lambda _: reply(200, bundle(stage, "v1", value=text), x_ms_request_id="r-9"))
    redeemer = Redeemer()
    writer = tenant.writer(redeemer)
    stored = await writer.secrets.store(SecretWrite("s", "app-x", Secret(text), {"azr-change": "c"}), redeemer.intent())
    assert (stored.name, stored.version, stored.request_id) == ("app-x", "v1", "r-9")
    assert [seen.json() for seen in puts(stage)] == [{"value": text, "tags": {"azr-change": "c"}}]
    assert redeemer.committed == set()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal(403, "Forbidden"), PermissionMissing),
        (refusal(401, "Unauthorized"), SignInFailed),
        (refusal(409, "Conflict"), Conflict),
        (refusal(429, "Throttled", retry_after="7"), Throttled),
        (refusal(400, "BadParameter"), RequestRefused),
        (refusal(408, "x"), OutcomeUnknown),
        (refusal(500, "x"), OutcomeUnknown),
        (refusal(503, "x", retry_after="1"), OutcomeUnknown),
        (Reply(307, headers={"location": "https://127.0.0.1:1/secrets/app-x"}), OutcomeUnknown),
        (RESET, OutcomeUnknown),
        (Reply(200, b'{"id": "x"}', {"content-type": "application/json"}, cut=3), OutcomeUnknown),
        (Reply(200, b'{"id": "x', {"content-type": "application/json"}), OutcomeUnknown),
        (reply(200, {}), OutcomeUnknown),
        (reply(200, {"id": "https://127.0.0.1/secrets"}), OutcomeUnknown),
        (reply(200, [1]), OutcomeUnknown),
    ],
    ids=str,
)
async def test_store_fails(stage: Stage, tenant: Tenant, answer: Reply, error: type[AzremediateError]) -> None:
    """The value was sent once at most, and is in no error."""
    text = secrets.token_urlsafe(24)
    stage.vault.script = guarded(stage, lambda _: answer)
    redeemer = Redeemer()
    with pytest.raises(error) as raised:
        await tenant.writer(redeemer).secrets.store(SecretWrite("s", "app-x", Secret(text)), redeemer.intent())
    assert len(puts(stage)) == 1
    shown = everything_in(raised.value)
    assert text not in shown
    assert "hostile" not in shown
    if isinstance(raised.value, Throttled):
        assert raised.value.retry_after == 7


async def test_store_without_an_answer_in_time(stage: Stage) -> None:
    """The outcome is unknown, and the value was sent once."""

    async def never(seen: Seen) -> Reply:
        if "authorization" in seen.headers:
            await asyncio.Event().wait()
        return await_challenge(seen)

    def await_challenge(seen: Seen) -> Reply:
        answer = guarded(stage, lambda _: RESET)(seen)
        assert isinstance(answer, Reply)
        return answer

    stage.vault.script = never
    config = replace(stage.config(), network=Network(request=timedelta(milliseconds=300)))
    redeemer = Redeemer()
    async with open_tenant(config, stage.clock, stage.heard.append) as tenant:
        with pytest.raises(OutcomeUnknown):
            await tenant.writer(redeemer).secrets.store(SecretWrite("s", "a", Secret("fake")), redeemer.intent())
    assert len(puts(stage)) == 1


async def test_store_reaches_nobody(stage: Stage) -> None:
    """A closed port is surely without effect."""
    async with loopback(lambda _: RESET, stage.server_tls) as gone:
        stage.vault.base = gone.base
    redeemer = Redeemer()
    async with open_tenant(stage.config(), stage.clock, stage.heard.append) as tenant:
        with pytest.raises(NotSent):
            await tenant.writer(redeemer).secrets.store(SecretWrite("s", "a", Secret("fake")), redeemer.intent())


async def test_store_without_intent(stage: Stage, tenant: Tenant) -> None:
    """Nothing is sent for an intent that the journal does not stand behind."""
    redeemer = Redeemer()
    intent = redeemer.intent()
    redeemer.committed.clear()
    with pytest.raises(IntegrityBroken):
        await tenant.writer(redeemer).secrets.store(SecretWrite("s", "app-x", Secret("fake")), intent)
    assert stage.vault.seen == []


@pytest.mark.fault("S6")
@pytest.mark.parametrize(
    ("tenant_id", "resource"),
    [("99999999-9999-4999-8999-999999999999", "vault.azure.net"), (TENANT, "graph.microsoft.com")],
)
async def test_a_vault_cannot_ask_for_other_tokens(stage: Stage, tenant: Tenant, tenant_id: str, resource: str) -> None:
    """A challenge for another tenant or service gets no token, and the value stays here."""
    stage.vault.script = guarded(stage, lambda _: refusal(400, "x"), tenant_id, resource)
    redeemer = Redeemer()
    with pytest.raises(SignInFailed):
        await tenant.writer(redeemer).secrets.store(SecretWrite("s", "app-x", Secret("fake")), redeemer.intent())
    assert puts(stage) == []


async def test_versions(stage: Stage, tenant: Tenant) -> None:
    """All pages, oldest first, with tags."""

    def item(version: str, created: int) -> dict[str, object]:
        return bundle(stage, version) | {
            "attributes": {"enabled": version != "old", "created": created},
            "tags": {"t": version},
        }

    def script(seen: Seen) -> Reply:
        if "page2" in seen.target:
            return reply(200, {"value": [item("old", 1)]})
        link = f"{stage.vault.base}/secrets/app-x/versions?page2=1&api-version=x"
        return reply(200, {"value": [item("new", 9), item("mid", 5)], "nextLink": link})

    stage.vault.script = guarded(stage, script)
    found = await tenant.secrets.versions("app-x")
    assert [(one.version, one.enabled, dict(one.tags)) for one in found] == [
        ("old", False, {"t": "old"}),
        ("mid", True, {"t": "mid"}),
        ("new", True, {"t": "new"}),
    ]


async def test_versions_of_nothing(stage: Stage, tenant: Tenant) -> None:
    """An absent name has none; a vault that does not answer is not an absent name."""
    stage.vault.script = guarded(stage, lambda _: refusal(404, "SecretNotFound"))
    assert await tenant.secrets.versions("app-x") == []
    stage.vault.script = guarded(stage, lambda _: refusal(500, "x"))
    with pytest.raises(ServiceFailing):
        await tenant.secrets.versions("app-x")


async def test_a_link_to_another_server_is_not_followed(stage: Stage, tenant: Tenant) -> None:
    """The vault's token goes to the vault."""
    async with loopback(lambda _: reply(200, {"value": []}), stage.server_tls) as other:
        stage.vault.script = guarded(stage, lambda _: reply(200, {"value": [], "nextLink": f"{other.base}/secrets/x"}))
        with pytest.raises(ServiceFailing):
            await tenant.secrets.versions("app-x")
        assert other.seen == []


async def test_value(stage: Stage, tenant: Tenant) -> None:
    """The value of one version, tried again when the service fails for a moment."""
    text = secrets.token_urlsafe(24)
    replies = [refusal(503, "x"), reply(200, bundle(stage, "v1", value=text))]
    stage.vault.script = guarded(stage, lambda _: replies.pop(0))
    value = await tenant.secrets.value("app-x", "v1")
    assert value.use(lambda got: got == text)


@pytest.mark.fault("X5")
@pytest.mark.parametrize("name", ["", "a/b", "a b", "..", "x" * 128, "\u202e"])
async def test_unusable_names(stage: Stage, tenant: Tenant, name: str) -> None:
    """A name that cannot be one is refused before anything is sent."""
    with pytest.raises(ConfigInvalid):
        await tenant.secrets.versions(name)
    assert stage.vault.seen == []


async def test_no_vault(stage: Stage) -> None:
    """The error names the key to set; the name of a secret comes from the configuration."""
    config = stage.config()
    config = replace(
        config,
        secrets=SecretStore(names={"a": "special"}),
        endpoints=replace(config.endpoints, vault=""),
    )
    async with open_tenant(config, stage.clock, stage.heard.append) as tenant:
        assert tenant.secrets.vault_url == ""
        assert (tenant.secrets.name_for("A"), tenant.secrets.name_for("b")) == ("special", "app-b")
        with pytest.raises(ConfigInvalid) as raised:
            await tenant.secrets.versions("app-x")
    assert "secrets.vault_url" in raised.value.hint
