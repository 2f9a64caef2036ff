"""How the tenant is confirmed before anything is written to it."""

from dataclasses import dataclass

from azremediate.cli.output import Output
from azremediate.core.errors import GuardRefused, InputInvalid
from azremediate.core.plan import Plan
from azremediate.report.plan_text import plan_text


@dataclass(frozen=True, slots=True)
class Consent:
    """By --yes with --confirm-tenant, or by typing the tenant's domain after the plan was shown."""

    yes: bool
    confirm_tenant: str
    shown: Output

    def check(self, tenant_id: str) -> None:
        """Raise before the tenant is asked anything, when consent cannot come: `InputInvalid` or `GuardRefused`."""
        if self.confirm_tenant and self.confirm_tenant.lower() != tenant_id.lower():
            raise GuardRefused(
                f"--confirm-tenant names {self.confirm_tenant}, but {tenant_id} would be changed; nothing was sent",
                hint="check that this is the tenant that you mean",
            )
        if self.yes and not self.confirm_tenant:
            raise InputInvalid(
                "--yes needs --confirm-tenant, so that no job writes to the wrong tenant",
                hint=f"add --confirm-tenant {tenant_id}",
            )
        if not self.yes and not self.shown.interactive:
            raise InputInvalid(
                "nobody can be asked to confirm: this is not a terminal",
                hint=f"add --yes --confirm-tenant {tenant_id}",
            )

    def confirm(self, plan: Plan, domain: str) -> None:
        """Raise `GuardRefused` unless the plan may be applied; `domain` is what the tenant itself says it is called."""
        if self.yes or not plan.changes:
            return
        about = plan_text(plan, plan_file=None, width=self.shown.name_width)
        if not self.shown.confirm_domain(domain, about):
            raise GuardRefused(
                "what was typed is not the tenant's domain; nothing was sent",
                hint=f"type {domain} to go on",
            )
