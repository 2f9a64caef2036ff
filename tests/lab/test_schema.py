"""The property tables of the simulated Graph against the published v1.0 schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from azremediate.lab.schema import authentication, directory, logs, mail, policies, risk
from azremediate.lab.schema.complex import COMPLEX
from azremediate.lab.schema.entity import EntityType
from azremediate.lab.schema.enums import ENUMS, FLAGS
from azremediate.lab.schema.validation import BodyProblem, check_update, check_value

CONTRACT = Path(__file__).parents[3] / "shared" / "graph-contract"
BETA_ONLY = {"servicePrincipalSignInActivity", "appCredentialSignInActivity"}
UNIONS = {"directoryObject", "authenticationMethod"}
ENTITIES = [
    value
    for module in (authentication, directory, policies, logs, mail, risk)
    for value in vars(module).values()
    if isinstance(value, EntityType) and value.name not in BETA_ONLY | UNIONS
]

needs_contract = pytest.mark.skipif(
    not CONTRACT.is_dir(), reason="the published schema is not beside this checkout (../shared/graph-contract)"
)


@pytest.fixture(scope="module")
def model() -> dict[str, Any]:
    """The published schema."""
    loaded: dict[str, Any] = json.loads((CONTRACT / "csdl-model.json").read_text(encoding="utf-8"))
    return loaded


def published(model: dict[str, Any], name: str, part: str) -> dict[str, str]:
    """Return the (navigation) properties of a type with those it inherits, kinds as the tables write them."""
    found: dict[str, str] = {}
    current: str | None = name
    while current:
        row = model["types"][current]
        for key, kind in row.get(part, {}).items():
            found.setdefault(key, kind.replace("Edm.", "").replace("!", "").replace("+", ""))
        current = row.get("base")
    return found


@needs_contract
@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_entity(model: dict[str, Any], entity: EntityType) -> None:
    """Every property of an entity is published with the same kind, and everything expandable is a navigation."""
    assert entity.kinds.items() <= published(model, entity.name, "props").items()
    assert entity.expandable <= published(model, entity.name, "nav").keys()
    named = entity.read_only | entity.hidden | entity.unfilterable | (entity.default or frozenset())
    assert named - {"deletedDateTime"} <= entity.kinds.keys()


@needs_contract
@pytest.mark.parametrize("name", COMPLEX)
def test_complex(model: dict[str, Any], name: str) -> None:
    """Every member of a complex type is published with the same kind."""
    known = published(model, name, "props") | published(model, name, "nav")
    assert COMPLEX[name].items() <= known.items()


@needs_contract
@pytest.mark.parametrize("name", ENUMS)
def test_enum(model: dict[str, Any], name: str) -> None:
    """Every member of an enum is published, and it takes several values only where published so."""
    assert set(model["enums"][name]["members"]) >= ENUMS[name]
    assert model["enums"][name]["flags"] is (name in FLAGS)


def _without_configurations(row: dict[str, Any]) -> dict[str, Any]:
    """Leave out a navigation property that only the samples of authentication strengths include."""
    return {key: value for key, value in row.items() if key != "combinationConfigurations"}


def documented() -> Iterator[tuple[str, EntityType, dict[str, Any]]]:
    """Yield the documented sample objects of types the simulation has, with where they are from."""
    roots = {
        "applications": directory.APPLICATION,
        "servicePrincipals": directory.SERVICE_PRINCIPAL,
        "groups": directory.GROUP,
        "subscribedSkus": directory.SUBSCRIBED_SKU,
        "directoryRoles": directory.DIRECTORY_ROLE,
        "identity/conditionalAccess/policies": policies.CONDITIONAL_ACCESS_POLICY,
        "policies/authenticationStrengthPolicies": policies.AUTHENTICATION_STRENGTH,
        "roleManagement/directory/roleDefinitions": policies.ROLE_DEFINITION,
        "roleManagement/directory/roleAssignmentScheduleInstances": policies.ROLE_ASSIGNMENT_INSTANCE,
        "reports/authenticationMethods/userRegistrationDetails": logs.USER_REGISTRATION,
    }
    if not CONTRACT.is_dir():
        return
    text = (CONTRACT / "examples-open.json").read_text(encoding="utf-8")
    defects = json.loads((CONTRACT / "defects-open.json").read_text(encoding="utf-8"))
    known = {row["example"] for row in defects}
    for number, example in enumerate(json.loads(text, object_hook=_without_configurations)["examples"]):
        if number in known:
            continue
        path = example["url"].split("/v1.0/", 1)[-1].partition("?")[0]
        body = example.get("response_body")
        if example["method"] == "GET" and path in roots and isinstance(body, dict):
            for row in body.get("value", []):
                yield path, roots[path], row


@needs_contract
def test_documented_samples() -> None:
    """What documentation shows of these types has properties and values the tables know."""
    checked = 0
    for path, entity, row in documented():
        for name, value in row.items():
            if "@" not in name and name in entity.kinds:
                check_value(value, entity.kinds[name], f"{path}: {name}")
                checked += 1
    assert checked > 50


@pytest.mark.parametrize(
    ("body", "unknown"),
    [
        ({"nothing": 1}, True),
        ({"displayName": 1}, False),
        ({"id": "x"}, False),
        ({"tags": None}, False),
        ({"tags": ["x", 1]}, False),
        ({"web": []}, False),
        ({"web": {"redirectUris": "x"}}, False),
        ({"web": {"nothing": 1}}, True),
        ({"isDisabled": "true"}, False),
        ({"tokenEncryptionKeyId": "x"}, False),
        ({"keyCredentials": [{"key": "?"}]}, False),
        ({"keyCredentials": [{"endDateTime": "2026-01-01"}]}, False),
        ({"api": {"requestedAccessTokenVersion": True}}, False),
    ],
)
def test_refused_body(body: dict[str, Any], unknown: bool) -> None:
    """A body with an unknown, read-only or ill-typed property is refused, and unknown ones are told apart."""
    with pytest.raises(BodyProblem) as caught:
        check_update(directory.APPLICATION, body)
    assert caught.value.unknown is unknown


def test_accepted_body() -> None:
    """Null fits a single property, and annotations are passed over."""
    body: dict[str, Any] = {"displayName": None, "web": {"redirectUris": []}}
    body["@odata.type"] = "#microsoft.graph.application"
    check_update(directory.APPLICATION, body)
