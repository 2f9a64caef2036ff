"""Guards judge by facts that were read just now."""

from azremediate.core.config import GuardSettings
from azremediate.core.target import TargetKind
from azremediate.resolve.guard_facts import gather_guard_facts
from tests.resolve.directory import a_directory, app_id, principal_id, user_id


async def test_facts() -> None:
    """Own identity, break-glass accounts, administrators, gaps and counts come together."""
    tenant = a_directory()
    role = {"id": "1", "principalId": user_id(4), "roleDefinitionId": "62e90394-69f5-4237-9190-012177145e10"}
    tenant.collections |= {
        "/roleManagement/directory/roleAssignments": [role, {**role, "id": "2", "principalId": principal_id(2)}],
        "/roleManagement/directory/roleEligibilityScheduleInstances": [],
        "/groups": [],
    }
    settings = GuardSettings(break_glass=(user_id(1), user_id(99)))
    facts = await gather_guard_facts(tenant, settings, {"appid": app_id(1), "oid": principal_id(1)})
    assert app_id(1) in facts.own.ids
    assert [account.usable for account in facts.break_glass] == [True, False]
    assert facts.administrators == {user_id(4), principal_id(2)}
    assert facts.global_administrators == {user_id(4), principal_id(2)}
    assert facts.people_in_charge == {user_id(4)}
    assert facts.gaps == ()
    assert facts.population[TargetKind.SERVICE_PRINCIPAL] == 8
