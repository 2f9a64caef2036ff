"""Ways by which somebody may have stayed in the tenant since an exposure, as far as Graph and Azure still tell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from azremediate.core.credential import CredentialKind
from azremediate.core.errors import TenantError
from azremediate.core.foothold import Foothold, Listed, Swept
from azremediate.core.json_value import objects_at, text_at
from azremediate.core.permission import Needs, Reader
from azremediate.core.ports import Read, TenantReader
from azremediate.resolve import lookup
from azremediate.resolve.looking import Looking
from azremediate.resolve.sweep_azure import sweep_azure
from azremediate.resolve.sweep_events import Events, sweep_events
from azremediate.resolve.sweep_sign_ins import sweep_sign_ins
from azremediate.resolve.sweep_state import sweep_state

READER = Reader(
    "sweep",
    "looks for what somebody put into the tenant to stay in: credentials, owners, grants, roles, policies, methods",
    Needs(
        graph=("Application.Read.All", "AuditLog.Read.All", "Policy.Read.All", "User.Read.All"),
        azure_roles=("Reader (the subscriptions of azure.subscriptions)",),
        licence="Microsoft Entra ID P1",
    ),
)
_NEVER_LOOKED: Final = (
    "mailbox rules, forwarding, transport rules and delegates (Exchange)",
    "Automation runbooks, Logic Apps, Function keys and virtual machine extensions (Azure)",
    "Key Vault access policies and diagnostic settings (Azure activity log)",
    "pass-through authentication agents and synchronisation servers",
    "owners, federated credentials, consent grants and directory roles that are older than the audit log, as Graph "
    "has no date of them",
)


@dataclass(frozen=True, slots=True)
class Order:
    """What to look for. ids: of the identities that count, in lower case; empty for the whole tenant.

    own_app_id: the tool's own events are left out and counted; empty shows them. own_key_ids: of credentials that the
    tool made, in lower case. subscriptions: of Azure.
    """

    since: datetime
    ids: frozenset[str] = frozenset()
    own_app_id: str = ""
    own_key_ids: frozenset[str] = frozenset()
    subscriptions: Sequence[str] = ()


async def sweep(tenant: TenantReader, order: Order) -> Swept:
    """Every finding, the most serious and latest first, each once; raises `SignInFailed` only."""
    looking = Looking()
    events = await sweep_events(tenant, order.since, order.own_app_id, looking)
    state = await sweep_state(tenant, order.since, looking)
    state += await sweep_azure(tenant, order.since, order.subscriptions, looking)
    state += await sweep_sign_ins(tenant, order.since, looking)
    listed = [await _named(tenant, finding, looking) for finding in events.findings]
    others = [finding for finding in state if not _own(finding, order, events)]
    found = _told_once(listed, others)
    wanted = [finding for finding in found if not order.ids or finding.ids & order.ids]
    wanted.sort(key=lambda one: one.when, reverse=True)
    wanted.sort(key=lambda one: one.severity.order, reverse=True)
    return Swept(
        since=order.since,
        findings=tuple(wanted),
        looked=tuple(looking.looked),
        failed=tuple(looking.gaps),
        limits=(*looking.limits, *_NEVER_LOOKED),
        own=events.own + len(state) - len(others),
    )


def _own(finding: Foothold, order: Order, events: Events) -> bool:
    """Whether azremediate made what the tenant shows: a credential by its key id, anything else by the audit log."""
    if finding.kind == "credential-added":
        return str(finding.details.get("keyId")).lower() in order.own_key_ids
    key = (finding.kind, finding.object_id.lower())
    told = {(one.kind, one.object_id.lower()) for one in events.findings}
    return bool(order.own_app_id) and key in events.own_objects and key not in told


def _told_once(events: Iterable[Foothold], state: Sequence[Foothold]) -> list[Foothold]:
    """What both the log and the tenant show is one finding: the tenant's, with who did it from the log.

    A credential has no name in the log that is sure, so an event belongs to all of its object's new credentials.
    """
    found: list[Foothold] = []
    enriched = list(state)
    for event in events:
        same = [
            index
            for index, one in enumerate(enriched)
            if one.kind == event.kind and one.object_id.lower() == event.object_id.lower() and event.object_id
        ]
        for index in same:
            known = enriched[index]
            enriched[index] = replace(
                known,
                who=known.who or event.who,
                who_id=known.who_id or event.who_id,
                evidence=(*known.evidence, *event.evidence),
                severity=max(known.severity, event.severity, key=lambda severity: severity.order),
            )
        if not same:
            found.append(event)
    return [*enriched, *found]


async def _named(tenant: TenantReader, finding: Foothold, looking: Looking) -> Foothold:
    """A new federated credential with the application's id and its own name, so that a plan can take it."""
    if finding.kind != "federated-credential" or lookup.form_of(finding.object_id) is not lookup.Form.ID:
        return finding
    path = f"/applications/{finding.object_id}"
    answers = await tenant.batch([Read(path, {"$select": "id,appId"}), Read(f"{path}/federatedIdentityCredentials")])
    application, credentials = answers
    if isinstance(application, TenantError) or isinstance(credentials, TenantError):
        looking.gaps.append(f"the federated credentials of application {finding.object_id} could not be looked at")
        return finding
    changed = str(finding.details.get("changed"))
    rows = [row for row in objects_at(credentials, "value") if text_at(row, "name") in changed]
    app_id = text_at(application, "appId").lower()
    key_id = text_at(rows[0], "name") if len(rows) == 1 else ""
    issuers = [{name: text_at(row, name) for name in ("name", "issuer", "subject")} for row in rows]
    return replace(
        finding,
        listed=Listed(CredentialKind.FEDERATED_CREDENTIAL, app_id, key_id),
        details={**finding.details, "appId": app_id, "credentials": issuers},
    )
