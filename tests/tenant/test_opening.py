"""Opening a tenant: what is imported when, what is closed, and the whole of it against the lab."""

import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from azremediate import tenant as package
from azremediate.core.cloud import Cloud
from azremediate.core.config import Auth, AuthMethod, Config, Endpoints, Network, Throttle
from azremediate.core.errors import ConfigInvalid, ObjectMissing, OutcomeUnknown, SignInFailed
from azremediate.core.events import ignore
from azremediate.core.ports import Read, SignIn, TenantReader
from azremediate.core.secret import Secret
from azremediate.core.write import SecretWrite, Write
from azremediate.lab.server import Lab
from azremediate.tenant import open_tenant
from azremediate.tenant.access import Tenant
from tests.tenant.clocks import InstantClock
from tests.tenant.loopback import Reply, loopback, reply
from tests.tenant.stage import Redeemer, Stage


def test_public_face() -> None:
    """One way in."""
    assert package.__all__ == ["open_tenant"]


def test_nothing_heavy_is_imported_early() -> None:
    """The package itself brings no SDK and no HTTP client."""
    code = "import sys, azremediate.tenant; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - own code
    assert not {"azure", "msgraph_core", "kiota_http", "httpx", "aiohttp", "tenacity", "msal"} & set(
        done.stdout.split()
    )


@pytest.mark.fault("G7")
def test_a_reader_cannot_write(tenant_attributes: set[str]) -> None:
    """The type that reads offers no write; writing must be asked for with a journal's consent."""
    assert not {"write", "prover", "store"} & tenant_attributes


@pytest.fixture
def tenant_attributes() -> set[str]:
    """What the reading type offers."""
    return {name for name in dir(Tenant) if not name.startswith("_")}


async def test_an_unusable_ca_bundle(stage: Stage) -> None:
    """The error names the key."""
    config = stage.config()
    config = replace(config, endpoints=replace(config.endpoints, ca_bundle=str(stage.secret_file)))
    with pytest.raises(ConfigInvalid, match=r"endpoints\.ca_bundle"):
        async with open_tenant(config, stage.clock, ignore):
            pass


@pytest.mark.fault("N27")
@pytest.mark.parametrize("trusted", [False, True])
async def test_the_environment_names_a_proxy_only_when_allowed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, trusted: bool
) -> None:
    """A proxy variable set by somebody else does not get the tenant's traffic."""
    stage.graph.script = lambda _: reply(200, {"id": "1"})
    async with loopback(lambda _: Reply(502)) as proxy:
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.base)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        config = replace(stage.config(), network=Network(trust_env=trusted))
        async with open_tenant(config, stage.clock, ignore) as tenant:
            if trusted:
                with pytest.raises(SignInFailed, match="cannot be reached: the proxy refused"):
                    await tenant.get(Read("/users/1"))
            else:
                assert await tenant.get(Read("/users/1")) == {"id": "1"}
        assert bool(proxy.seen) == trusted


@pytest.fixture
async def in_lab(lab: Lab, tmp_path: Path) -> AsyncIterator[Tenant]:
    """The lab's tenant, opened as its responder."""
    lab.reset()
    responder = lab.store.responder
    assert responder is not None
    secret_file = tmp_path / "responder.secret"
    secret_file.touch(0o600)
    secret_file.write_text(responder.secret)
    at = lab.endpoints
    config = Config(
        lab.store.tenant_id,
        Cloud.CUSTOM,
        Endpoints(at["graph"], at["login"], at["arm"], at["vault"], str(lab.ca_bundle)),
        Auth(AuthMethod.CLIENT_SECRET, responder.app_id, str(secret_file)),
        throttle=Throttle(policy_per_second=1000, reports_per_10s=1000),
    )
    async with open_tenant(config, InstantClock(), ignore) as tenant:
        yield tenant


async def _applications(tenant: TenantReader) -> list[tuple[str, str]]:
    read = Read("/applications", {"$select": "id,appId", "$top": "7"})
    return [(str(item["id"]), str(item["appId"])) async for page in tenant.pages(read) for item in page]


async def test_the_lab_is_read(lab: Lab, in_lab: Tenant) -> None:
    """Claims, pages, batches and Azure's role assignments of a whole tenant."""
    assert (await in_lab.own_claims())["tid"] == in_lab.tenant_id
    applications = await _applications(in_lab)
    assert len(applications) == len({object_id for object_id, _ in applications}) > 30
    reads = [Read(f"/applications/{object_id}", {"$select": "appId"}) for object_id, _ in applications]
    answers = await in_lab.batch([*reads, Read("/applications/00000000-0000-4000-8000-000000000000")])
    assert [answer["appId"] for answer in answers[:-1] if isinstance(answer, dict)] == [app for _, app in applications]
    assert isinstance(answers[-1], ObjectMissing)
    subscription = next(iter(lab.store.azure.subscriptions))
    assert await in_lab.azure.role_assignments(f"/subscriptions/{subscription}")
    assert await in_lab.azure.role_definitions(f"/subscriptions/{subscription}")
    assert lab.writes == []


async def test_a_secret_is_added_stored_and_proven(lab: Lab, in_lab: Tenant) -> None:
    """From addPassword to signing in with the value read back from the vault."""
    redeemer = Redeemer()
    writer = in_lab.writer(redeemer)
    object_id, app_id = next(
        (str(app["id"]), str(app["appId"]))
        for app in lab.store.applications.values()
        if any(p["appId"] == app["appId"] and p.get("accountEnabled") for p in lab.store.service_principals.values())
    )
    body = {"passwordCredential": {"displayName": "azr-1"}}
    path = f"/applications/{object_id}/addPassword"
    write = Write("add-1", "POST", path, body, object_id, reveals="secretText", expects=("keyId",))
    receipt = await writer.write(write, redeemer.intent(1))
    assert receipt.secret is not None
    name = writer.secrets.name_for(app_id)
    stored = await writer.secrets.store(SecretWrite("store-1", name, receipt.secret, {"a": "b"}), redeemer.intent(2))
    versions = await writer.secrets.versions(name)
    assert [(one.version, dict(one.tags)) for one in versions] == [(stored.version, {"a": "b"})]
    value = await writer.secrets.value(name, stored.version)
    assert (await writer.prover.try_secret(app_id, value)).result is SignIn.ACCEPTED
    assert (await writer.prover.try_secret(app_id, Secret("obviously-fake"))).result is SignIn.REFUSED
    assert len(lab.effects) == 2


@pytest.mark.parametrize("status", [500, 503, 504])
async def test_an_effect_whose_answer_was_lost(lab: Lab, in_lab: Tenant, status: int) -> None:
    """The write took effect once, and is reported as unknown."""
    rule = {"kind": "status", "status": status, "method": "POST", "path": "addPassword", "when": "after", "times": None}
    lab.set_faults([rule])
    redeemer = Redeemer()
    object_id = next(iter(lab.store.applications.values()))["id"]
    path = f"/applications/{object_id}/addPassword"
    write = Write("add-1", "POST", path, {"passwordCredential": {}}, object_id, "secretText", ("keyId",))
    with pytest.raises(OutcomeUnknown):
        await in_lab.writer(redeemer).write(write, redeemer.intent())
    assert len(lab.effects) == 1
