"""The tenant's app management policy: what is taken, what is refused."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from azremediate.lab.store import Store
from tests.lab.graph.caller import Caller, ContractClient

PATH = "policies/defaultAppManagementPolicy"
LIFE = {"restrictionType": "passwordLifetime", "maxLifetime": "P90D", "state": "enabled"}


@pytest.fixture(autouse=True)
def permitted(caller: Caller) -> None:
    """The caller may write it."""
    caller.roles.add("Policy.ReadWrite.ApplicationConfiguration")


def _restricted(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"applicationRestrictions": {"passwordCredentials": list(rules), "keyCredentials": []}}


def test_update(graph: ContractClient, store: Store) -> None:
    """A section that is sent takes the place of the one before, the others stay, and the log has it."""
    assert graph.send("PATCH", PATH, {"isEnabled": True, **_restricted(LIFE)}).status == 204
    assert graph.send("PATCH", PATH, {"servicePrincipalRestrictions": None}).status == 204
    answer = graph.get(PATH).json
    assert answer["isEnabled"] is True
    assert answer["applicationRestrictions"]["passwordCredentials"][0]["maxLifetime"] == "P90D"
    assert answer["servicePrincipalRestrictions"] is None
    assert store.directory_audits[-1]["category"] == "Policy"


@pytest.mark.parametrize(
    "body",
    [
        {"nothing": True},
        {"isEnabled": "yes"},
        {"applicationRestrictions": {"passwords": []}},
        _restricted({"restrictionType": "everything"}),
        _restricted({"state": "enabled"}),
        _restricted({"restrictionType": "passwordLifetime"}),
        _restricted({**LIFE, "maxLifetime": "soon"}),
        _restricted(LIFE, {**LIFE, "maxLifetime": "P1D"}),
    ],
    ids=str,
)
def test_refused(graph: ContractClient, store: Store, body: dict[str, Any]) -> None:
    """What does not fit the published types, says nothing or contradicts itself changes nothing."""
    before = deepcopy(store.policies["defaultAppManagementPolicy"])
    assert graph.send("PATCH", PATH, body).status == 400
    assert store.policies["defaultAppManagementPolicy"] == before


def test_permission(graph: ContractClient, caller: Caller) -> None:
    """The permission to write it is enough to read it; that to read all policies is none to write."""
    caller.roles -= {"Policy.Read.All"}
    assert graph.get(PATH).status == 200
    caller.roles -= {"Policy.ReadWrite.ApplicationConfiguration"}
    caller.roles.add("Policy.Read.All")
    assert graph.get(PATH).status == 200
    assert graph.send("PATCH", PATH, {"isEnabled": True}).status == 403
