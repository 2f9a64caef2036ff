"""An open tenant with what commands need of it: who we are in it, what guards judge by, how it is surveyed."""

import platform
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from azremediate import __version__
from azremediate.cli.configuration import configuration
from azremediate.cli.os_account import os_user
from azremediate.cli.read_ahead import FRESH, KnownFacts, ReadAhead, read_ahead
from azremediate.cli.settings import Settings
from azremediate.cli.system_clock import SystemClock
from azremediate.core.change import Change
from azremediate.core.clock import Clock
from azremediate.core.concurrency import both
from azremediate.core.config import Config
from azremediate.core.errors import SignInFailed, TenantError
from azremediate.core.events import Listener, Progressed
from azremediate.core.guards import GuardFacts
from azremediate.core.json_value import Json
from azremediate.core.plan import Plan, PlanOrigin
from azremediate.core.playbook import Playbook
from azremediate.core.record import Actor
from azremediate.core.survey import Survey
from azremediate.core.target import Target
from azremediate.resolve.current_target import current_targets
from azremediate.resolve.guard_facts import gather_guard_facts
from azremediate.resolve.identity import Resolver
from azremediate.resolve.inventory import Inventory
from azremediate.resolve.readiness import SignInReadiness
from azremediate.resolve.tenant_profile import TenantProfile, read_profile
from azremediate.resolve.usage import UsageEvidence
from azremediate.tenant.access import Tenant
from azremediate.tenant.opening import open_tenant


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in tenant. `claims` are those of our own token, `profile` names the tenant.

    ahead: what was read while it was opened, when a plan was named then. known: what guards judged by, the latest last.
    """

    config: Config
    clock: Clock
    tenant: Tenant
    claims: Mapping[str, Json]
    profile: TenantProfile
    listener: Listener
    ahead: ReadAhead | None = None
    known: list[KnownFacts] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The time by the service's clock, or this machine's when it said none yet."""
        return self.tenant.server_time or self.clock.now()

    @property
    def actor(self) -> Actor:
        """Who acts: the token's identity and this machine."""
        return Actor(
            tenant_id=self.claim("tid"),
            app_id=self.claim("appid"),
            object_id=self.claim("oid"),
            user_principal_name=self.claim("upn"),
            auth_method=self.config.auth.method.value,
            os_user=os_user(),
            host=platform.node(),
        )

    def claim(self, name: str) -> str:
        """One claim of our own token as text; empty when it is not there."""
        value = self.claims.get(name)
        return value if isinstance(value, str) else ""

    def survey(self, *, any_target: bool = False) -> Survey:
        """What planning asks the tenant; `any_target` resolves identities whether or not they have a credential."""
        return Survey(
            Resolver(self.tenant, self.now, any_target=any_target),
            Inventory(self.tenant),
            UsageEvidence(self.tenant, self.now),
            SignInReadiness(self.tenant, self.now),
        )

    async def guard_facts(self) -> GuardFacts:
        """What guards judge by, read now or just before.

        A command that plans and applies at once judges twice within a moment; after a wait it reads again.
        """
        at = self.clock.monotonic()
        if self.known and at - self.known[-1].at <= FRESH:
            return self.known[-1].facts
        config = self.config
        facts = await gather_guard_facts(self.tenant, config.guards, self.claims, config.azure.subscriptions)
        self.known.append(KnownFacts(facts, at))
        return facts

    async def current(self, changes: Sequence[Change]) -> Mapping[str, Target | TenantError]:
        """The targets of changes, read now or just before; see `current_targets`."""
        if self.ahead is not None and self.ahead.covers(changes):
            return self.ahead.targets
        return await current_targets(self.tenant, changes)

    def origin(self, playbook: Playbook) -> PlanOrigin:
        """What a plan made now is bound to."""
        return PlanOrigin(
            tenant_id=self.config.tenant_id,
            tenant_name=self.profile.display_name,
            tenant_domain=self.profile.domain,
            cloud=self.config.cloud,
            environment=self.config.environment,
            playbook=playbook.name,
            playbook_version=playbook.version,
            playbook_sha256=playbook.sha256,
            config_sha256=self.config.sha256,
            planner_app_id=self.claim("appid"),
            planner_object_id=self.claim("oid"),
            tool_version=__version__,
            created_at=self.now,
            expires_at=self.now + self.config.plans.expires_after,
        )


@asynccontextmanager
async def open_session(settings: Settings, listener: Listener, ahead_of: Plan | None = None) -> AsyncIterator[Session]:
    """Sign in; raises `SignInFailed` also when another tenant than the configured one answers.

    ahead_of: a plan that is applied at once, without anybody being asked: what that needs is read meanwhile.
    """
    config = configuration(settings)
    clock = SystemClock()
    if settings.verbosity:
        from azremediate.journal.event_log import logged  # its library is slow to load, and not needed otherwise

        listener = logged(listener)
    listener(Progressed("signing in", 0, 0))
    async with open_tenant(config, clock, listener) as tenant:
        claims = await tenant.own_claims()
        if str(claims.get("tid", "")).lower() != config.tenant_id.lower():
            raise SignInFailed(
                f"the sign-in was answered by tenant {claims.get('tid')}, the configuration names {config.tenant_id}",
                hint="correct tenant_id, or sign in with an identity of that tenant",
            )
        profile, ahead = await _profile_and(tenant, ahead_of, config, claims, clock)
        listener(Progressed("signing in", 1, 1))
        yield Session(config, clock, tenant, claims, profile, listener, ahead, [ahead.known] if ahead else [])


async def _profile_and(
    tenant: Tenant, plan: Plan | None, config: Config, claims: Mapping[str, Json], clock: Clock
) -> tuple[TenantProfile, ReadAhead | None]:
    if plan is None or plan.origin.tenant_id.lower() != config.tenant_id.lower():
        return await read_profile(tenant), None
    return await both(read_profile(tenant), read_ahead(plan, tenant, config, claims, clock))
