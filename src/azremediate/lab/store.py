"""The simulated tenant's whole state: what exists, what was written, who may do what. No HTTP."""

from __future__ import annotations

import itertools
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from azremediate.lab import sign_in, snapshot
from azremediate.lab.clock import LabClock, Lag, wire_time
from azremediate.lab.objects import JsonObject, Shelf
from azremediate.lab.sign_in import SecretRecord, SignInVerdict

Service = Literal["graph", "login", "arm", "vault"]


@dataclass(frozen=True, slots=True)
class WriteRecord:
    """One request that was not a plain read, as the tenant saw it: the ground truth tests compare with."""

    number: int
    time: datetime
    service: Service
    method: str
    path: str
    status: int
    app_id: str | None
    effect: bool
    summary: str


@dataclass(frozen=True, slots=True)
class Responder:
    """The tool's own identity in the tenant."""

    app_id: str
    application_id: str
    service_principal_id: str
    secret: str = field(repr=False)


def read_responder(value: object) -> Responder:
    """Return the responder of a snapshot; raises TenantFormatError."""
    names = ("app_id", "application_id", "service_principal_id", "secret")
    if not isinstance(value, dict) or not all(isinstance(value.get(name), str) for name in names):
        raise snapshot.TenantFormatError(f"responder: {', '.join(names)} are required")
    return Responder(*(value[name] for name in names))


@dataclass(slots=True)
class AzureState:
    """What Azure Resource Manager shows, as JSON in its own shape.

    `subscriptions` by subscription id; `role_definitions` by the role's GUID; `role_assignments` and
    `role_eligibilities` by full resource id, `storage_accounts` and `storage_keys` by it in lower case.
    """

    subscriptions: dict[str, JsonObject] = field(default_factory=dict)
    role_definitions: dict[str, JsonObject] = field(default_factory=dict)
    role_assignments: dict[str, JsonObject] = field(default_factory=dict)
    role_eligibilities: dict[str, JsonObject] = field(default_factory=dict)
    storage_accounts: dict[str, JsonObject] = field(default_factory=dict)
    storage_keys: dict[str, list[JsonObject]] = field(default_factory=dict, repr=False)


@dataclass
class Store:
    """Everything the simulated tenant holds; services change it while they hold `lock`."""

    tenant_id: str
    domain: str
    display_name: str
    clock: LabClock = field(default_factory=LabClock)
    lag: Lag = field(default_factory=Lag)
    created: datetime | None = None
    premium: bool = True
    responder: Responder | None = None

    applications: Shelf = field(default_factory=lambda: Shelf("appId"))
    service_principals: Shelf = field(default_factory=lambda: Shelf("appId"))
    users: Shelf = field(default_factory=lambda: Shelf("userPrincipalName"))
    groups: Shelf = field(default_factory=lambda: Shelf("displayName"))
    deleted_items: dict[str, JsonObject] = field(default_factory=dict)
    group_members: dict[str, list[str]] = field(default_factory=dict)
    owners: dict[str, list[str]] = field(default_factory=dict)
    federated_credentials: dict[str, list[JsonObject]] = field(default_factory=dict)
    app_management: dict[str, list[JsonObject]] = field(default_factory=dict)
    issuers: dict[str, str] = field(default_factory=dict)
    app_role_assignments: dict[str, JsonObject] = field(default_factory=dict)
    permission_grants: dict[str, JsonObject] = field(default_factory=dict)
    authentication_methods: dict[str, list[JsonObject]] = field(default_factory=dict)
    risky_users: dict[str, JsonObject] = field(default_factory=dict)
    risky_principals: dict[str, JsonObject] = field(default_factory=dict)
    mailboxes: dict[str, list[JsonObject]] = field(default_factory=dict, repr=False)
    user_passwords: dict[str, str] = field(default_factory=dict, repr=False)

    role_definitions: dict[str, JsonObject] = field(default_factory=dict)
    role_assignments: dict[str, JsonObject] = field(default_factory=dict)
    role_eligibility: dict[str, JsonObject] = field(default_factory=dict)
    group_eligibility: dict[str, JsonObject] = field(default_factory=dict)
    ca_policies: dict[str, JsonObject] = field(default_factory=dict)
    strengths: dict[str, JsonObject] = field(default_factory=dict)
    policies: dict[str, JsonObject] = field(default_factory=dict)
    subscribed_skus: dict[str, JsonObject] = field(default_factory=dict)

    directory_audits: list[JsonObject] = field(default_factory=list)
    sign_ins: list[JsonObject] = field(default_factory=list)
    synchronization_jobs: dict[str, list[JsonObject]] = field(default_factory=dict)
    sign_in_activities: dict[str, JsonObject] = field(default_factory=dict)
    credential_activities: dict[str, JsonObject] = field(default_factory=dict)

    secrets: dict[str, SecretRecord] = field(default_factory=dict)
    app_permissions: dict[str, set[str]] = field(default_factory=dict)
    azure: AzureState = field(default_factory=AzureState)
    vault: dict[str, list[JsonObject]] = field(default_factory=dict, repr=False)
    deleted_vault: dict[str, list[JsonObject]] = field(default_factory=dict, repr=False)

    writes: list[WriteRecord] = field(default_factory=list)
    unknown_requests: list[JsonObject] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1), repr=False)
    _stale: dict[str, list[tuple[datetime, list[JsonObject]]]] = field(default_factory=dict, repr=False)

    @classmethod
    def from_json(cls, value: object) -> Store:
        """Return the store a snapshot describes; raises TenantFormatError, a ValueError, for anything else."""
        checked = snapshot.check_members(value)
        store = cls(checked["tenant_id"], checked["domain"], checked["display_name"])
        store.created = snapshot.read_created(checked)
        store.premium = bool(checked.get("premium", True))
        responder = checked.get("responder")
        if responder is not None:
            store.responder = read_responder(responder)
        snapshot.fill_store(store, checked)
        return store

    def to_json(self, *, secrets: bool = True) -> JsonObject:
        """Return a deep copy of the state as JSON, by default with the values of secrets."""
        return snapshot.take_snapshot(self, secrets=secrets)

    def check_secret(self, app_id: str, text: str) -> SignInVerdict:
        """Return whether `app_id` can sign in with this client secret now."""
        return sign_in.check_secret(self, app_id, text)

    def check_certificate(self, app_id: str, thumbprint_hex: str) -> SignInVerdict:
        """Return whether `app_id` has this certificate (SHA-1 thumbprint, hexadecimal) and may sign in with it now."""
        return sign_in.check_certificate(self, app_id, thumbprint_hex)

    def roles_of(self, app_id: str) -> list[str]:
        """Return the Graph application permissions that a token of this application carries."""
        return sorted(self.app_permissions.get(app_id, ()))

    def find_object(self, object_id: str) -> tuple[str, JsonObject] | None:
        """Return the type name and the object of a live application, service principal, user, group or role."""
        for type_name, shelf in (
            ("user", self.users),
            ("servicePrincipal", self.service_principals),
            ("group", self.groups),
            ("application", self.applications),
        ):
            if object_id in shelf:
                return type_name, shelf[object_id]
        return None

    def directory_roles_of(self, principal_id: str) -> set[str]:
        """Return the ids of role definitions a principal holds actively, itself or through role-assignable groups."""
        holders = {principal_id} | set(self.groups_of(principal_id))
        return {row["roleDefinitionId"] for row in self.role_assignments.values() if row["principalId"] in holders}

    def role_holders(self) -> set[str]:
        """Return the ids of everything that holds a directory role actively, itself or through groups."""
        found: set[str] = set()
        queue = [row["principalId"] for row in self.role_assignments.values()]
        while queue:
            current = queue.pop()
            if current not in found:
                found.add(current)
                queue += self.group_members.get(current, ())
        return found

    def groups_of(self, member_id: str) -> list[str]:
        """Return the ids of all groups a member belongs to, directly or through nested groups."""
        found: list[str] = []
        queue = [member_id]
        while queue:
            current = queue.pop()
            for group_id, members in self.group_members.items():
                if current in members and group_id not in found:
                    found.append(group_id)
                    queue.append(group_id)
        return found

    def new_secret(self, owner_id: str, key_id: str, value: str) -> None:
        """Record the value of a secret that was just made; it signs in once `lag.secret_delay` has passed."""
        usable = self.clock.now() + timedelta(seconds=self.lag.secret_delay)
        self.secrets[key_id] = SecretRecord(key_id, owner_id, value, usable)

    def set_passwords(self, owner: JsonObject, credentials: list[JsonObject]) -> None:
        """Replace an object's passwordCredentials; reads keep showing the former list while `lag.read_lag` lasts."""
        if self.lag.read_lag > 0:
            until = self.clock.now() + timedelta(seconds=self.lag.read_lag)
            self._stale.setdefault(owner["id"], []).append((until, owner.get("passwordCredentials") or []))
        owner["passwordCredentials"] = credentials

    def visible_passwords(self, owner: JsonObject) -> list[JsonObject]:
        """Return the passwordCredentials that a read shows now."""
        now = self.clock.now()
        pending = [entry for entry in self._stale.get(owner["id"], ()) if entry[0] > now]
        if pending:
            self._stale[owner["id"]] = pending
            return pending[0][1]
        self._stale.pop(owner["id"], None)
        current: list[JsonObject] = owner.get("passwordCredentials") or []
        return current

    def record_write(
        self,
        service: Service,
        method: str,
        path: str,
        *,
        status: int,
        app_id: str | None,
        effect: bool,
        summary: str,
    ) -> WriteRecord:
        """Append one request to the ground truth; `summary` must hold no secret."""
        record = WriteRecord(
            next(self._numbers), self.clock.now(), service, method, path, status, app_id, effect, summary
        )
        self.writes.append(record)
        return record

    def audit(
        self,
        activity: str,
        *,
        category: str,
        operation: str,
        app_id: str | None,
        targets: list[JsonObject],
        service: str = "Core Directory",
    ) -> JsonObject:
        """Append a directoryAudits row for a write by an application and return it."""
        caller = self.service_principals.by_alternate(app_id) if app_id else None
        correlation = str(uuid.uuid4())
        row: JsonObject = {
            "id": f"Directory_{correlation}_{len(self.directory_audits):05d}",
            "category": category,
            "correlationId": correlation,
            "result": "success",
            "resultReason": "",
            "activityDisplayName": activity,
            "activityDateTime": wire_time(self.clock.now()),
            "loggedByService": service,
            "operationType": operation,
            "initiatedBy": {
                "user": None,
                "app": {
                    "appId": app_id,
                    "displayName": caller["displayName"] if caller else None,
                    "servicePrincipalId": caller["id"] if caller else None,
                    "servicePrincipalName": None,
                },
            },
            "targetResources": targets,
            "additionalDetails": [],
        }
        self.directory_audits.append(row)
        return row
