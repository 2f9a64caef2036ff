"""The configuration file as pydantic sees it: every key with its type and its limits.

A key that is absent or blank is None here and takes the default of the dataclass of the same name in `core.config`,
so that no default stands twice.
"""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from azremediate.core.approval import parse_approver
from azremediate.core.cloud import Cloud
from azremediate.core.config import ApprovalClass, AuthMethod, TenantSize
from azremediate.intake.anchor_value import Anchors
from azremediate.intake.config_value import (
    Batches,
    Count,
    Endpoint,
    Flag,
    Guid,
    Guids,
    LastingSpan,
    Limit,
    NamePattern,
    PathText,
    Percent,
    Rate,
    SecretNames,
    Span,
    Text,
    VaultUrl,
)
from azremediate.intake.problem import rule


def _approver(text: str) -> str:
    try:
        parse_approver(text)
    except ValueError as error:
        raise rule(str(error)) from None
    return text


class Section(BaseModel):
    """A part of the file; unknown keys are errors, and no error text repeats a value."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)


class EndpointsSection(Section):
    """`endpoints`, see `core.config.Endpoints`."""

    graph: Endpoint | None = None
    login: Endpoint | None = None
    arm: Endpoint | None = None
    vault: Endpoint | None = None
    ca_bundle: PathText | None = None


class AuthSection(Section):
    """`auth`, see `core.config.Auth`."""

    method: AuthMethod | None = None
    client_id: Guid | None = None
    client_secret_file: PathText | None = None
    certificate_file: PathText | None = None
    token_file: PathText | None = None


class StateSection(Section):
    """`state`: where journal, audit log and locks live."""

    path: PathText | None = None
    network: Flag | None = None


class SecretsSection(Section):
    """`secrets`, see `core.config.SecretStore`."""

    vault_url: VaultUrl | None = None
    name: NamePattern | None = None
    names: SecretNames | None = None
    proof_deadline: LastingSpan | None = None
    lifetime: LastingSpan | None = None


class ApprovalsSection(Section):
    """`guards.approvals`, see `core.config.ApprovalSettings`."""

    required_for: tuple[ApprovalClass, ...] | None = None
    approvers: tuple[Annotated[Text, AfterValidator(_approver)], ...] | None = None


class BreakerSection(Section):
    """`guards.breaker`, see `core.config.Breaker`."""

    consecutive: Count | None = None
    percent: Percent | None = None


class GuardsSection(Section):
    """`guards`, see `core.config.GuardSettings`."""

    break_glass: Guids | None = None
    protected: tuple[Text, ...] | None = None
    max_changes: Limit | None = None
    max_percent: Percent | None = None
    max_irreversible: Limit | None = None
    max_privileged: Limit | None = None
    canary: Batches | None = None
    breaker: BreakerSection | None = None
    other_runs: Span | None = None
    approvals: ApprovalsSection | None = None


class ThrottleSection(Section):
    """`throttle`, see `core.config.Throttle`."""

    tenant_size: TenantSize | None = None
    read_concurrency: Count | None = None
    write_concurrency: Count | None = None
    units_per_10s: Count | None = None
    writes_per_150s: Count | None = None
    policy_per_second: Rate | None = None
    reports_per_10s: Rate | None = None
    max_wait: Span | None = None
    attempts: Count | None = None


class ReconcileSection(Section):
    """`reconcile`, see `core.config.Reconcile`."""

    settle: Span | None = None
    window: Span | None = None
    deadline: LastingSpan | None = None
    verify: LastingSpan | None = None
    poll: LastingSpan | None = None


class NetworkSection(Section):
    """`network`, see `core.config.Network`."""

    connect: LastingSpan | None = None
    request: LastingSpan | None = None
    trust_env: Flag | None = None


class AzureSection(Section):
    """`azure`, see `core.config.Azure`."""

    subscriptions: Guids | None = None


class PlansSection(Section):
    """`plans`, see `core.config.Plans`."""

    expires_after: LastingSpan | None = None
    tasks_due_after: LastingSpan | None = None


class AuditSection(Section):
    """`audit`, see `core.config.AuditSettings`."""

    anchors: Anchors | None = None
    heartbeat: LastingSpan | None = None
    checkpoint_records: Count | None = None
    checkpoint_every: LastingSpan | None = None


class ConfigModel(Section):
    """The whole file."""

    tenant_id: Guid
    cloud: Cloud | None = None
    endpoints: EndpointsSection | None = None
    auth: AuthSection | None = None
    state: StateSection | None = None
    secrets: SecretsSection | None = None
    guards: GuardsSection | None = None
    throttle: ThrottleSection | None = None
    reconcile: ReconcileSection | None = None
    network: NetworkSection | None = None
    azure: AzureSection | None = None
    plans: PlansSection | None = None
    audit: AuditSection | None = None
