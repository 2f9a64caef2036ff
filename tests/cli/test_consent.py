"""Who may not write is told so before the tenant is asked anything."""

import io

import pytest

from azremediate.cli.consent import Consent
from azremediate.cli.output import Output
from azremediate.cli.settings import Settings
from azremediate.core.errors import AzremediateError, GuardRefused, InputInvalid
from tests.cli.streams import Terminal
from tests.core.plans import TENANT_ID
from tests.journal.stage import plan_of


def _output(typed: str | None = None) -> Output:
    stdin = io.StringIO() if typed is None else Terminal(typed)
    return Output(Settings(quiet=True), stdin=stdin, stdout=io.StringIO(), stderr=Terminal())


@pytest.mark.parametrize(
    ("yes", "confirm_tenant", "kind", "remedy"),
    [
        (False, "", InputInvalid, f"add --yes --confirm-tenant {TENANT_ID}"),
        (False, TENANT_ID, InputInvalid, f"add --yes --confirm-tenant {TENANT_ID}"),
        (True, "", InputInvalid, f"add --confirm-tenant {TENANT_ID}"),
        (True, "another", GuardRefused, "check that this is the tenant that you mean"),
    ],
    ids=["nothing", "no yes", "no tenant", "other tenant"],
)
def test_what_a_job_left_out_is_named(
    yes: bool, confirm_tenant: str, kind: type[AzremediateError], remedy: str
) -> None:
    """With the exact options to add."""
    with pytest.raises(kind) as caught:
        Consent(yes, confirm_tenant, _output()).check(TENANT_ID)
    assert caught.value.hint == remedy


def test_a_job_with_both_options_is_not_asked() -> None:
    """The id counts in any case of its letters."""
    consent = Consent(True, TENANT_ID.upper(), _output())
    consent.check(TENANT_ID)
    consent.confirm(plan_of(1), "contoso.example")


def test_a_person_sees_the_plan_before_the_question() -> None:
    """Also with --quiet: nobody consents to what was not shown."""
    plan = plan_of(1)
    stderr = Terminal()
    shown = Output(Settings(quiet=True), stdin=Terminal("wrong\n"), stdout=io.StringIO(), stderr=stderr)
    with pytest.raises(GuardRefused):
        Consent(False, "", shown).confirm(plan, plan.origin.tenant_domain)
    seen, asked, _ = stderr.getvalue().partition("Type the tenant's domain")
    assert plan.changes[0].target.display_name in seen
    assert asked
