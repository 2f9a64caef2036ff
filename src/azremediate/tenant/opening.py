"""Opens the configured tenant and closes everything again."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from azremediate.core.clock import Clock
from azremediate.core.config import Config
from azremediate.core.events import Listener
from azremediate.tenant.clouds import endpoints_of, vault_url_of

if TYPE_CHECKING:
    from azremediate.tenant.access import Tenant


@asynccontextmanager
async def open_tenant(config: Config, clock: Clock, listener: Listener) -> AsyncIterator[Tenant]:
    """The configured tenant, for reading; nothing is sent before the first question.

    Raises `ConfigInvalid` for a configuration that cannot be used. Microsoft's SDKs are imported here and not before.
    """
    endpoints = endpoints_of(config)
    vault_url = vault_url_of(config, endpoints)

    from azremediate.tenant.access import Parts, Tenant
    from azremediate.tenant.connection import open_connection
    from azremediate.tenant.credentials import FALLBACKS, chosen_method, credential_maker
    from azremediate.tenant.session import azure_transport, open_session
    from azremediate.tenant.token_source import TokenSource

    async with open_session(config, endpoints) as session:
        transport = azure_transport(session, config)
        make = credential_maker(config, endpoints, transport, listener, os.environ)
        fallback = FALLBACKS.get(chosen_method(config.auth, os.environ), "")
        tokens = TokenSource(make, config.tenant_id, endpoints.login, clock, fallback)
        try:
            async with open_connection(config, endpoints, session, tokens, clock) as connection:
                yield Tenant(Parts(config, endpoints, clock, listener, connection, tokens, transport, vault_url))
        finally:
            await tokens.close()
