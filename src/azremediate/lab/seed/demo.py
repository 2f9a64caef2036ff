"""The demo tenant as a whole."""

from __future__ import annotations

import uuid
from datetime import timedelta

from azremediate.lab.clock import LabClock
from azremediate.lab.seed.applications import add_applications
from azremediate.lab.seed.azure import add_azure
from azremediate.lab.seed.builder import Builder
from azremediate.lab.seed.directory_roles import add_responder, add_roles
from azremediate.lab.seed.mailboxes import add_mailboxes
from azremediate.lab.seed.owners import add_owners
from azremediate.lab.seed.policies import add_policies
from azremediate.lab.seed.service_principals import add_service_principals
from azremediate.lab.seed.storage import add_storage
from azremediate.lab.seed.usage import add_usage
from azremediate.lab.seed.users import add_users
from azremediate.lab.store import Store


def demo_store(seed: int = 1, *, clock: LabClock | None = None) -> Store:
    """Return a new contoso tenant; the same seed gives the same ids and secrets, dates count from the clock's now.

    `store.named` maps names to object ids: applications and vendors ("payroll-api", "acme-backup"), users
    ("alice.admin"), groups ("tier-0-admins"), policies, and with a colon credentials ("payroll-api:primary" -> keyId).
    """
    tenant_id = str(uuid.uuid5(uuid.NAMESPACE_DNS, f"contoso-{seed}.example"))
    store = Store(tenant_id, "contoso.onmicrosoft.com", "Contoso", clock=clock or LabClock())
    builder = Builder(store, seed)
    store.created = builder.now - timedelta(days=3000)
    add_users(builder)
    add_applications(builder)
    add_service_principals(builder)
    add_roles(builder)
    add_responder(builder)
    add_policies(builder)
    add_azure(builder)
    add_storage(builder)
    add_owners(builder)
    add_usage(builder)
    add_mailboxes(builder)
    return store
