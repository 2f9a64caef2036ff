"""Fixtures: scripted servers with a certificate of their own, and a tenant opened in front of them."""

import secrets
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import trustme

from azremediate.lab.server import Lab
from azremediate.tenant import open_tenant
from azremediate.tenant.access import Tenant
from tests.tenant.loopback import Reply, Seen, loopback, refusal
from tests.tenant.stage import Stage, give_token


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority that only these tests trust."""
    return trustme.CA()


@pytest.fixture
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    """TLS settings of a server at 127.0.0.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def _unscripted(seen: Seen) -> Reply:
    return refusal(404, "Request_ResourceNotFound")


@pytest.fixture
async def stage(authority: trustme.CA, server_tls: ssl.SSLContext, tmp_path: Path) -> AsyncIterator[Stage]:
    """Three servers: Graph, sign-in, and one for Key Vault and Azure Resource Manager."""
    ca_bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca_bundle)
    secret_file = tmp_path / "client.secret"
    secret_file.touch(0o600)
    secret_file.write_text(secrets.token_urlsafe(24))
    async with (
        loopback(_unscripted) as graph,
        loopback(give_token, server_tls) as login,
        loopback(_unscripted, server_tls) as vault,
    ):
        yield Stage(graph, login, vault, ca_bundle, server_tls, secret_file)


@pytest.fixture
async def tenant(stage: Stage) -> AsyncIterator[Tenant]:
    """The tenant behind the stage's servers."""
    async with open_tenant(stage.config(), stage.clock, stage.heard.append) as opened:
        yield opened


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The simulated tenant."""
    with Lab(directory=tmp_path_factory.mktemp("lab")) as running:
        yield running
