"""The configuration of a run, as checked values."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from azremediate.core.cloud import Cloud, Environment
from azremediate.core.codec import encode
from azremediate.core.json_value import digest


class AuthMethod(StrEnum):
    """How the tool's own identity signs in."""

    DEFAULT = "default"
    CLIENT_SECRET = "client-secret"
    CERTIFICATE = "certificate"
    WORKLOAD_IDENTITY = "workload-identity"
    MANAGED_IDENTITY = "managed-identity"
    AZURE_CLI = "azure-cli"
    DEVICE_CODE = "device-code"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Base addresses without a version, for `cloud: custom` only; `ca_bundle` is a PEM file or empty."""

    graph: str = ""
    login: str = ""
    arm: str = ""
    vault: str = ""
    ca_bundle: str = ""


@dataclass(frozen=True, slots=True)
class Auth:
    """How to sign in. Secrets come from AZREMEDIATE_CLIENT_SECRET or from the named files, never from here."""

    method: AuthMethod = AuthMethod.DEFAULT
    client_id: str = ""
    client_secret_file: str = ""
    certificate_file: str = ""
    token_file: str = ""


@dataclass(frozen=True, slots=True)
class SecretStore:
    """Where new secrets go. `name` is the secret's name with {app_id} in it, `names` overrides it by appId.

    proof_deadline: how long a new secret may take until it signs in before the rotation is taken back.
    lifetime: how long a new secret is valid.
    """

    vault_url: str = ""
    name: str = "app-{app_id}"
    names: dict[str, str] = field(default_factory=dict)
    proof_deadline: timedelta = timedelta(minutes=3)
    lifetime: timedelta = timedelta(days=180)

    def name_for(self, app_id: str) -> str:
        """The secret's name for an application."""
        return self.names.get(app_id.lower()) or self.name.replace("{app_id}", app_id)


@dataclass(frozen=True, slots=True)
class Breaker:
    """When a run stops because of failures: so many one after the other, or more than so many percent of a phase."""

    consecutive: int | None = None
    percent: float | None = None


class ApprovalClass(StrEnum):
    """Kinds of changes that others have to approve."""

    PRIVILEGED = "privileged"
    IRREVERSIBLE = "irreversible"
    CONDITIONAL_ACCESS = "conditional-access"
    EVICT_FIRST = "evict-first"


@dataclass(frozen=True, slots=True)
class ApprovalSettings:
    """required_for: what needs approval. approvers: who may give it, each as `NAME KEY`; see `core.approval`."""

    required_for: tuple[ApprovalClass, ...] = ()
    approvers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GuardSettings:
    """What may never be changed, and how much may be changed at once.

    break_glass: object ids of emergency accounts. protected: object ids, appIds or display name globs.
    max_changes: of one plan. max_percent: of all objects of that kind in the tenant, for disabling and deleting.
    max_irreversible, max_privileged: changes of one plan that cannot be undone, and that touch an administrator; None
    sets no limit. other_runs: how young a trace of a run from another state directory has to be to stop a run; nothing
    looks for none. canary: how many changes of a phase go first, batch by batch.
    """

    break_glass: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    max_changes: int = 200
    max_percent: float = 10.0
    max_irreversible: int | None = None
    max_privileged: int | None = None
    canary: tuple[int, ...] = ()
    breaker: Breaker = Breaker()
    other_runs: timedelta = timedelta()
    approvals: ApprovalSettings = ApprovalSettings()


class TenantSize(StrEnum):
    """Graph's quota class: S under 50 users, M up to 500, L above."""

    S = "S"
    M = "M"
    L = "L"


@dataclass(frozen=True, slots=True)
class Throttle:
    """How fast to go. Units and writes are Graph's published quotas; None takes those of `tenant_size`.

    units_per_10s: resource units per 10 s. writes_per_150s: writes per 150 s. policy_per_second: requests per second to
    Conditional Access and Identity Protection. reports_per_10s: requests to sign-in and audit reports.
    """

    tenant_size: TenantSize = TenantSize.M
    read_concurrency: int = 16
    write_concurrency: int = 32
    units_per_10s: int | None = None
    writes_per_150s: int = 3000
    policy_per_second: float = 1.0
    reports_per_10s: float = 5.0
    max_wait: timedelta = timedelta(minutes=5)
    attempts: int = 6


@dataclass(frozen=True, slots=True)
class Reconcile:
    """How long the tenant is watched before it is believed.

    settle: wait after an unknown outcome before the first look. window: how long equal reads must last before an effect
    counts as absent. deadline: when to give up. verify: how long a change may take until it reads back.
    """

    settle: timedelta = timedelta(seconds=10)
    window: timedelta = timedelta(seconds=20)
    deadline: timedelta = timedelta(minutes=2)
    verify: timedelta = timedelta(minutes=2)
    poll: timedelta = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Network:
    """connect, request: seconds. trust_env: use the proxy settings of the environment."""

    connect: timedelta = timedelta(seconds=10)
    request: timedelta = timedelta(seconds=60)
    trust_env: bool = False


@dataclass(frozen=True, slots=True)
class Azure:
    """Azure subscriptions whose role assignments are read to know who is privileged."""

    subscriptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plans:
    """expires_after: how long a plan may be applied. tasks_due_after: how long a person has for a manual task."""

    expires_after: timedelta = timedelta(hours=4)
    tasks_due_after: timedelta = timedelta(days=7)


class AnchorKind(StrEnum):
    """Where checkpoints of the audit log are told to, beside the state directory."""

    STDOUT = "stdout"
    FILE = "file"
    SYSLOG = "syslog"


@dataclass(frozen=True, slots=True)
class Anchor:
    """One such place: the path of a file, or the address of a syslog server (udp://, tcp:// or tls://)."""

    kind: AnchorKind
    place: str = ""


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """How often the audit log is signed, and who is told.

    heartbeat: time between two records that say that a run goes on. checkpoint_records, checkpoint_every: the most
    records, and the longest time, without a signature.
    """

    anchors: tuple[Anchor, ...] = (Anchor(AnchorKind.STDOUT),)
    heartbeat: timedelta = timedelta(seconds=60)
    checkpoint_records: int = 100
    checkpoint_every: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that a run is told beside its arguments; `file` is where it was read from.

    state_path: the state directory. state_network: whether it may lie on a network file system.
    """

    tenant_id: str
    cloud: Cloud = Cloud.PUBLIC
    endpoints: Endpoints = Endpoints()
    auth: Auth = Auth()
    state_path: str = ".azremediate"
    state_network: bool = False
    secrets: SecretStore = field(default_factory=SecretStore)
    guards: GuardSettings = GuardSettings()
    throttle: Throttle = Throttle()
    reconcile: Reconcile = Reconcile()
    network: Network = Network()
    azure: Azure = Azure()
    plans: Plans = Plans()
    audit: AuditSettings = AuditSettings()
    file: str = ""

    @property
    def environment(self) -> Environment:
        """Custom endpoints are a lab; everything else is live."""
        return Environment.LAB if self.cloud is Cloud.CUSTOM else Environment.LIVE

    @property
    def sha256(self) -> str:
        """Hash of what decides which changes are made and which are refused."""
        deciding = (self.tenant_id, self.cloud, self.endpoints, self.secrets, self.guards, self.azure)
        return digest(encode(deciding))
