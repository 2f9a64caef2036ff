"""Whether a plan may be applied here and now: it is bound to a tenant, a cloud, a configuration and a time."""

from datetime import datetime, timedelta

from azremediate.core.config import Config
from azremediate.core.errors import GuardRefused, PlanUnusable
from azremediate.core.plan import Plan, Verdict

_CLOCK_SKEW = timedelta(minutes=5)
_REMEDY = "make a new plan with `azremediate plan`"


def check_binding(plan: Plan, config: Config, token_tenant_id: str, now: datetime, *, begun: bool = False) -> None:
    """Raise `PlanUnusable` when the plan was made for something else, or is too old.

    token_tenant_id: the tenant that really issued our token. now: the service's time, so that a wrong clock here cannot
    make a plan live longer. begun: a run of the plan was interrupted; what it began is finished at any age of the plan.
    """
    origin = plan.origin
    tenants = {origin.tenant_id.lower(), config.tenant_id.lower(), token_tenant_id.lower()}
    if len(tenants) > 1:
        raise PlanUnusable(
            f"the plan is for tenant {origin.tenant_id}, the configuration names {config.tenant_id}, "
            f"and tenant {token_tenant_id} answered the sign-in",
            hint="use the configuration with which the plan was made",
        )
    if (origin.cloud, origin.environment) != (config.cloud, config.environment):
        raise PlanUnusable(
            f"the plan is for {origin.environment} in the {origin.cloud} cloud, the configuration for "
            f"{config.environment} in the {config.cloud} cloud",
            hint="use the configuration with which the plan was made",
        )
    if origin.config_sha256 != config.sha256:
        raise PlanUnusable("guards or endpoints in the configuration changed since the plan was made", hint=_REMEDY)
    if origin.created_at > now + _CLOCK_SKEW:
        raise PlanUnusable(f"the plan was made in the future, at {origin.created_at:%Y-%m-%d %H:%M} UTC", hint=_REMEDY)
    if expired(plan, now) and not begun:
        raise PlanUnusable(f"the plan expired at {origin.expires_at:%Y-%m-%d %H:%M} UTC", hint=_REMEDY)


def expired(plan: Plan, now: datetime) -> bool:
    """Whether the plan may not begin anything any more."""
    return now >= plan.origin.expires_at


def check_applicable(plan: Plan) -> None:
    """Raise `GuardRefused` when a plan-wide guard refused the plan when it was made."""
    if plan.applicable:
        return
    reasons = "; ".join(f"{verdict.guard}: {verdict.reason}" for verdict in failing(plan))
    raise GuardRefused(f"the plan may not be applied: {reasons}", hint="change what the guard names, then plan again")


def failing(plan: Plan) -> list[Verdict]:
    """The verdicts that did not pass."""
    return [verdict for verdict in plan.guards if not verdict.passed]
