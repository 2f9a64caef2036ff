"""What guards say of lists of people, of storage accounts, and of administrators of whom not all is known."""

from dataclasses import replace

from azremediate.core.guards import plan_verdicts, target_verdicts
from azremediate.core.privilege import Person, Readiness
from azremediate.core.target import Target, TargetKind
from tests.core.plans import TENANT_ID, a_change, a_target
from tests.core.test_guards import ADMIN, FACTS, SETTINGS, TENANT, USER


def _person(identifier: str) -> Person:
    return Person(
        id=identifier,
        name="amy@contoso.com",
        guest=False,
        roles=(),
        azure=False,
        roads=(),
        resistant=True,
        multifactor=True,
    )


def test_a_plans_list_of_privileged_people_is_not_believed() -> None:
    """Somebody who is not privileged (any more) stands in it: then nothing is enforced by it."""
    known, stranger = _person(ADMIN.upper()), _person("eeeeeeee-0000-4000-8000-000000000009")
    for people, passes in (((known,), True), ((known, stranger), False)):
        target = replace(TENANT, readiness=Readiness(people))
        verdicts = {one.guard: one for one in target_verdicts(target, "an_action", SETTINGS, FACTS)}
        assert verdicts["roster"].passed is passes
        assert ("is not privileged" in verdicts["roster"].reason) is not passes
    assert "roster" not in {one.guard for one in target_verdicts(TENANT, "an_action", SETTINGS, FACTS)}


def test_storage_accounts_are_protected_by_the_names_in_their_id() -> None:
    """Their id is made of subscription, group and account; of other objects an id is no name."""
    account = "/subscriptions/5/resourceGroups/rg-audit/providers/Microsoft.Storage/storageAccounts/fklogs"
    settings = replace(SETTINGS, protected=("*/resourcegroups/RG-AUDIT/*",))
    target = Target(TENANT_ID, TargetKind.STORAGE_ACCOUNT, account, "fklogs")
    for kind, passes in ((TargetKind.STORAGE_ACCOUNT, False), (TargetKind.SERVICE_PRINCIPAL, True)):
        verdicts = {one.guard: one for one in target_verdicts(replace(target, kind=kind), "a", settings, FACTS)}
        assert verdicts["protected"].passed is passes


def test_an_administrator_needs_no_emergency_account_with_the_role() -> None:
    """Whoever repairs a policy needs the role; what the loss of an administrator leaves is another guard's to judge."""
    facts = replace(FACTS, global_administrators=frozenset())
    admin = {one.guard: one for one in target_verdicts(replace(USER, id=ADMIN), "a", SETTINGS, facts)}
    assert admin["break-glass-configuration"].passed
    tenant = {one.guard: one for one in target_verdicts(TENANT, "a", SETTINGS, facts)}
    assert not tenant["break-glass-configuration"].passed


def test_a_user_who_is_an_administrator_is_told_so() -> None:
    """An application with the id of an administrator is judged as an application; the reason names what is known."""
    facts = replace(FACTS, break_glass=(), gaps=("eligible roles could not be read",))
    reasons = {}
    for name, target in (("admin", replace(USER, id=ADMIN.upper())), ("user", USER), ("app", a_target(id=ADMIN))):
        found = {one.guard: one for one in target_verdicts(target, "a", SETTINGS, facts)}
        reasons[name] = found["break-glass-configuration"].reason
    assert reasons["admin"].startswith("this account is an administrator")
    assert "may be an administrator (eligible roles" in reasons["user"]
    assert reasons["app"] == ""


def test_numbers_are_told_as_people_say_them() -> None:
    """One change is no "1 changes"."""
    (first, *_) = plan_verdicts([a_change(1)], frozenset(), SETTINGS, FACTS)
    (second, *_) = plan_verdicts([a_change(1), a_change(2)], frozenset(), SETTINGS, FACTS)
    assert (first.reason[:10], second.reason[:10]) == ("1 change, ", "2 changes,")
