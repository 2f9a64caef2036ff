"""The tool's own credential: which one is meant, and where its secret comes from."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from azremediate.core.cloud import Cloud
from azremediate.core.config import Auth, AuthMethod, Config, Network
from azremediate.core.errors import ConfigInvalid, SignInFailed
from azremediate.tenant import open_tenant
from azremediate.tenant.credentials import chosen_method, client_secret
from tests.tenant.clocks import InstantClock
from tests.tenant.loopback import Reply, loopback, reply
from tests.tenant.stage import Stage

M = AuthMethod


@pytest.mark.parametrize(
    ("auth", "environ", "method"),
    [
        (Auth(M.AZURE_CLI), {"AZREMEDIATE_CLIENT_SECRET": "fake"}, M.AZURE_CLI),
        (Auth(), {"AZURE_FEDERATED_TOKEN_FILE": "f", "AZREMEDIATE_CLIENT_SECRET": "fake"}, M.WORKLOAD_IDENTITY),
        (Auth(token_file="f"), {}, M.WORKLOAD_IDENTITY),
        (Auth(), {"AZREMEDIATE_CLIENT_SECRET": "fake", "IDENTITY_ENDPOINT": "x"}, M.CLIENT_SECRET),
        (Auth(client_secret_file="f"), {}, M.CLIENT_SECRET),
        (Auth(certificate_file="f"), {"IDENTITY_ENDPOINT": "x"}, M.CERTIFICATE),
        (Auth(), {"IDENTITY_ENDPOINT": "x"}, M.MANAGED_IDENTITY),
        (Auth(), {"MSI_ENDPOINT": "x"}, M.MANAGED_IDENTITY),
        (Auth(), {}, M.AZURE_CLI),
    ],
)
def test_default(auth: Auth, environ: Mapping[str, str], method: AuthMethod) -> None:
    """The first that is there, in the documented order; a named method is taken as it is."""
    assert chosen_method(auth, environ) is method


def _file(folder: Path, content: bytes, mode: int = 0o600) -> Auth:
    path = folder / "client.secret"
    path.write_bytes(content)
    path.chmod(mode)
    return Auth(M.CLIENT_SECRET, client_secret_file=str(path))


@pytest.mark.parametrize("content", [b"obviously-fake", b"obviously-fake\n", b"\xef\xbb\xbfobviously-fake\r\n"])
def test_secret_file(tmp_path: Path, content: bytes) -> None:
    """One line; a byte order mark and line ends are not part of it."""
    assert client_secret(_file(tmp_path, content), {}).use(lambda text: text == "obviously-fake")


def test_environment_comes_first(tmp_path: Path) -> None:
    """The variable overrides the file."""
    auth = _file(tmp_path, b"from-file")
    assert client_secret(auth, {"AZREMEDIATE_CLIENT_SECRET": " from-env\n"}).use(lambda text: text == "from-env")


@pytest.mark.skipif(os.name != "posix", reason="modes of files are a matter of POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_file_that_others_may_read(tmp_path: Path, mode: int) -> None:
    """It is refused with the command that mends it."""
    with pytest.raises(ConfigInvalid) as raised:
        client_secret(_file(tmp_path, b"obviously-fake", mode), {})
    assert raised.value.hint.startswith("chmod 600 ")
    assert "obviously-fake" not in f"{raised.value!r}{raised.value.hint}"


@pytest.mark.parametrize("content", [b"", b" \n", b"two\nlines", b"x" * 5000, b"a\x00b"])
def test_a_file_without_one_secret(tmp_path: Path, content: bytes) -> None:
    """It is refused, and its content not shown."""
    with pytest.raises(ConfigInvalid, match=r"one line|no client secret"):
        client_secret(_file(tmp_path, content), {})


@pytest.mark.parametrize(
    ("auth", "words"),
    [
        (Auth(M.CLIENT_SECRET, "app"), "no client secret"),
        (Auth(M.CLIENT_SECRET), "auth.client_id"),
        (Auth(M.CLIENT_SECRET, "app", "/does/not/exist"), "client_secret_file"),
        (Auth(M.CERTIFICATE, "app"), "auth.certificate_file is missing"),
        (Auth(M.CERTIFICATE, "app", certificate_file=__file__), "auth.certificate_file cannot be used"),
        (Auth(M.CERTIFICATE, "app", certificate_file="/does/not/exist"), "auth.certificate_file cannot be used"),
        (Auth(M.WORKLOAD_IDENTITY, "app"), "identity token"),
    ],
)
async def test_what_is_missing_is_said_at_once(monkeypatch: pytest.MonkeyPatch, auth: Auth, words: str) -> None:
    """A configuration that cannot sign in is an error before any request."""
    for name in ("AZREMEDIATE_CLIENT_SECRET", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConfigInvalid, match=words):
        async with open_tenant(Config("t", Cloud.PUBLIC, auth=auth), InstantClock(), print):
            pass


async def test_workload_identity(stage: Stage, tmp_path: Path) -> None:
    """The job's token is what signs in."""
    file = tmp_path / "token"
    file.write_text("obviously-fake-assertion")
    auth = Auth(M.WORKLOAD_IDENTITY, "app", token_file=str(file))
    async with open_tenant(replace(stage.config(), auth=auth), stage.clock, stage.heard.append) as tenant:
        await tenant.own_claims()
    form = stage.login.seen[0].body.decode()
    assert "client_assertion=obviously-fake-assertion" in form
    assert "client_secret" not in form


@pytest.mark.parametrize("trusted", [False, True])
async def test_managed_identity_and_a_proxy(stage: Stage, monkeypatch: pytest.MonkeyPatch, trusted: bool) -> None:
    """The token of a managed identity, asked for in plain HTTP, does not pass a proxy that the environment names."""
    answer = {"access_token": "obviously-fake", "expires_on": "4102444800", "resource": "r", "token_type": "Bearer"}
    config = replace(stage.config(), auth=Auth(M.MANAGED_IDENTITY), network=Network(trust_env=trusted))
    async with loopback(lambda _: Reply(502)) as proxy, loopback(lambda _: reply(200, answer)) as machine:
        for name in ("http_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(name, proxy.base)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{machine.base}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "obviously-fake")
        async with open_tenant(config, stage.clock, stage.heard.append) as tenant:
            if trusted:
                with pytest.raises(SignInFailed):
                    await tenant.own_claims()
            else:
                await tenant.own_claims()
        assert (bool(proxy.seen), bool(machine.seen)) == (trusted, not trusted)
