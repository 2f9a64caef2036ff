"""A demo tenant whose Graph is called in the same process, by a caller whose permissions a test chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from azremediate.lab.graph import StepGate, graph_app
from azremediate.lab.seed import RESPONDER_PERMISSIONS, demo_store
from azremediate.lab.store import Store
from azremediate.lab.tokens import AuthProblem, Claims
from tests.lab.graph.caller import Caller, ContractClient


@pytest.fixture
def store() -> Store:
    """A fresh demo tenant."""
    return demo_store()


@pytest.fixture
def caller(store: Store) -> Caller:
    """Who calls: the responder with what it was granted, until a test changes that."""
    assert store.responder is not None
    return Caller(store.responder.app_id, store.responder.service_principal_id, set(RESPONDER_PERMISSIONS))


@pytest.fixture
def connect(store: Store, caller: Caller) -> Iterator[Callable[..., ContractClient]]:
    """Open a client; every exchange is kept and checked against the published schema when that is at hand."""
    clients: list[ContractClient] = []

    def authenticate(headers: Mapping[str, str], audience: str) -> Claims | AuthProblem:
        if "authorization" not in headers:
            return AuthProblem("InvalidAuthenticationToken", "Access token is empty.")
        return Claims(caller.app_id, caller.object_id, store.tenant_id, tuple(caller.roles), audience)

    def open_client(step_gate: StepGate | None = None) -> ContractClient:
        client = ContractClient(graph_app(store, authenticate, step_gate))
        clients.append(client)
        return client

    yield open_client
    for client in clients:
        client.check_contract()


@pytest.fixture
def graph(connect: Callable[..., ContractClient]) -> ContractClient:
    """A client of the demo tenant's Graph."""
    return connect()
