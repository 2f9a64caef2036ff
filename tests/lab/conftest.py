"""Fixtures that serve the small tenant on real sockets."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from azremediate.lab.arm import arm_app
from azremediate.lab.authority import LabAuthority
from azremediate.lab.key_vault import vault_app
from azremediate.lab.listener import HOST, Listener, bind
from azremediate.lab.login import login_app
from azremediate.lab.objects import JsonObject
from azremediate.lab.server import Lab
from azremediate.lab.store import Store
from azremediate.lab.tokens import ARM_AUDIENCE, VAULT_AUDIENCE, TokenAuthority
from azremediate.lab.wire import Wire, WireSettings
from tests.lab.responder import Client
from tests.lab.small_tenant import (
    APP,
    OFFICER,
    OWNER,
    PRINCIPAL,
    READER,
    SUBSCRIPTION,
    TENANT,
    Keypair,
    SmallCloud,
    make_keypair,
)


@pytest.fixture(scope="session")
def keypair() -> Keypair:
    """A self-signed certificate with an RSA key."""
    return make_keypair()


@pytest.fixture
def small_store(keypair: Keypair) -> Store:
    """A tenant with one application that has a secret and a certificate."""
    store = Store(TENANT, "small.onmicrosoft.com", "Small")
    credential = {"keyId": "77777777-7777-4777-8777-777777777777", "endDateTime": "2099-01-01T00:00:00Z"}
    application: JsonObject = {
        "id": "88888888-8888-4888-8888-888888888888",
        "appId": APP,
        "displayName": "Small app",
        "passwordCredentials": [credential],
        "keyCredentials": [keypair.as_credential()],
    }
    store.applications.add(application)
    store.service_principals.add({"id": PRINCIPAL, "appId": APP, "displayName": "Small app", "accountEnabled": True})
    store.new_secret(application["id"], credential["keyId"], secrets.token_urlsafe(24))
    store.app_permissions[APP] = {"User.Read.All"}
    store.azure.subscriptions[SUBSCRIPTION] = {
        "id": f"/subscriptions/{SUBSCRIPTION}",
        "subscriptionId": SUBSCRIPTION,
        "displayName": "Small subscription",
        "state": "Enabled",
    }
    for role, title in ((READER, "Reader"), (OFFICER, "Key Vault Secrets Officer"), (OWNER, "Owner")):
        store.azure.role_definitions[role] = {
            "id": f"/providers/Microsoft.Authorization/roleDefinitions/{role}",
            "name": role,
            "type": "Microsoft.Authorization/roleDefinitions",
            "properties": {"roleName": title, "type": "BuiltInRole", "permissions": [], "assignableScopes": ["/"]},
        }
    return store


@pytest.fixture
def cloud(small_store: Store, tmp_path: Path) -> Iterator[SmallCloud]:
    """Serve the small tenant's sign-in, Azure Resource Manager (pages of two) and Key Vault (pages of two)."""
    authority = LabAuthority(tmp_path)
    tokens = TokenAuthority(small_store.clock.now)
    sockets = {name: bind(0) for name in ("login", "arm", "vault")}
    endpoints = {name: f"https://{HOST}:{socket.getsockname()[1]}" for name, socket in sockets.items()}
    tokens.aliases |= {endpoints["arm"]: ARM_AUDIENCE, endpoints["vault"]: VAULT_AUDIENCE}
    apps = {
        "login": login_app(small_store, tokens),
        "arm": arm_app(small_store, tokens.authenticate, page_size=2),
        "vault": vault_app(small_store, tokens.authenticate, login=endpoints["login"], page_size=2),
    }
    settings = WireSettings(tokens.authenticate, now=tokens.now)
    wires = {name: Wire(name, app, settings) for name, app in apps.items()}
    listener = Listener(wires, sockets, dict.fromkeys(apps, authority.server_context))
    listener.start()
    (record,) = small_store.secrets.values()
    try:
        yield SmallCloud(small_store, tokens, endpoints, authority.ca_bundle, record.value)
    finally:
        listener.stop(lambda: None)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """The demo tenant, with a recording beside its CA file."""
    with Lab(directory=tmp_path, record=tmp_path / "exchanges.jsonl") as running:
        yield running


@pytest.fixture
def client(lab: Lab) -> Client:
    """The responder at that lab."""
    return Client(lab)
