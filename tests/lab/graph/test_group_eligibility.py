"""Eligibility for groups is read for one group or one principal, and only where it is licensed."""

from azremediate.lab.store import Store
from tests.lab.graph.caller import Caller, ContractClient

PATH = "/v1.0/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances"


def _eligible(store: Store, group: str, principal: str) -> None:
    store.group_eligibility[principal] = {
        "id": principal,
        "groupId": group,
        "principalId": principal,
        "accessId": "member",
        "memberType": "direct",
        "eligibilityScheduleId": "1",
        "startDateTime": None,
        "endDateTime": None,
    }


def test_of_one_group(graph: ContractClient, store: Store, caller: Caller) -> None:
    """Only the rows of the group that is asked for."""
    caller.roles.add("PrivilegedEligibilitySchedule.Read.AzureADGroup")
    _eligible(store, "one", "a")
    _eligible(store, "two", "b")
    answer = graph.get(f"{PATH}?$filter=groupId eq 'two'")
    assert [row["principalId"] for row in answer.json["value"]] == ["b"]


def test_refusals(graph: ContractClient, store: Store, caller: Caller) -> None:
    """Without a filter, and without a licence, nothing is shown."""
    caller.roles.add("PrivilegedEligibilitySchedule.Read.AzureADGroup")
    assert graph.get(PATH).status == 400
    store.premium = False
    assert graph.get(f"{PATH}?$filter=groupId eq 'two'").status == 400
