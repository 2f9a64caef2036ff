"""Which existing policies ask at least as much, and which only look like it."""

from copy import deepcopy
from typing import Any

import pytest

from azremediate.actions._administrator_roles import ROLES
from azremediate.actions._conditional_access import PHISHING_RESISTANT, Demand, Grant

GLASS = ("dddddddd-0000-4000-8000-00000000000a", "dddddddd-0000-4000-8000-00000000000b")
CUSTOM = "dddddddd-0000-4000-8000-0000000000ff"
STRENGTHS = {CUSTOM: ["fido2", "x509CertificateMultiFactor"], "weak": ["fido2", "password,sms"]}
RESISTANT = Demand.of(ROLES, GLASS, Grant.PHISHING_RESISTANT)
ORDINARY = Demand.of(ROLES, GLASS, Grant.MFA)


def _policy(changes: dict[str, Any]) -> dict[str, Any]:
    """The policy that the demand itself would make, as Graph shows it, with changes by dotted path."""
    policy: dict[str, Any] = deepcopy(dict(RESISTANT.body("all administrators", "enabled")))
    policy["conditions"] |= {"signInRiskLevels": [], "platforms": None, "locations": None}
    policy["conditions"]["applications"] |= {"excludeApplications": [], "applicationFilter": None}
    policy["conditions"]["users"] |= {"excludeRoles": [], "excludeGroups": [], "includeUsers": []}
    for path, value in changes.items():
        *parents, last = path.split(".")
        at = policy
        for parent in parents:
            at = at[parent]
        at[last] = value
    return policy


USERS, APPS, GRANT = "conditions.users", "conditions.applications", "grantControls"
COVERING: dict[str, dict[str, Any]] = {
    "the same": {},
    "everybody": {f"{USERS}.includeRoles": [], f"{USERS}.includeUsers": ["All"]},
    "more roles, in capitals": {f"{USERS}.includeRoles": [*(role.upper() for role in ROLES), CUSTOM]},
    "nobody left out": {f"{USERS}.excludeUsers": []},
    "own strength, as strong": {f"{GRANT}.authenticationStrength": {"id": CUSTOM}},
    "strength spelled out": {f"{GRANT}.authenticationStrength": {"id": "x", "allowedCombinations": ["fido2"]}},
    "and a device": {f"{GRANT}.operator": "AND", f"{GRANT}.builtInControls": ["compliantDevice"]},
}
NOT_COVERING: dict[str, dict[str, Any]] = {
    "a role less": {f"{USERS}.includeRoles": list(ROLES[1:])},
    "somebody else left out": {f"{USERS}.excludeUsers": [*GLASS, CUSTOM]},
    "a group left out": {f"{USERS}.excludeGroups": [CUSTOM]},
    "a role left out": {f"{USERS}.excludeRoles": [ROLES[0]]},
    "guests left out": {f"{USERS}.excludeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "internalGuest"}},
    "one application": {f"{APPS}.includeApplications": [CUSTOM]},
    "an application left out": {f"{APPS}.excludeApplications": [CUSTOM]},
    "filtered applications": {f"{APPS}.applicationFilter": {"mode": "exclude", "rule": "x"}},
    "browsers only": {"conditions.clientAppTypes": ["browser"]},
    "risky sign-ins only": {"conditions.signInRiskLevels": ["high"]},
    "some platforms": {"conditions.platforms": {"includePlatforms": ["android"]}},
    "some places": {"conditions.locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}},
    "some devices": {"conditions.devices": {"deviceFilter": {"mode": "exclude", "rule": "x"}}},
    "a condition of the future": {"conditions.somethingNew": ["x"]},
    "or a device": {f"{GRANT}.builtInControls": ["compliantDevice"]},
    "or terms of use": {f"{GRANT}.termsOfUse": [CUSTOM]},
    "weak strength": {f"{GRANT}.authenticationStrength": {"id": "weak"}},
    "unknown strength": {f"{GRANT}.authenticationStrength": {"id": "new"}},
    "ordinary MFA": {f"{GRANT}.authenticationStrength": None, f"{GRANT}.builtInControls": ["mfa"]},
    "no controls": {GRANT: None},
}


@pytest.mark.parametrize("name", COVERING)
def test_covering(name: str) -> None:
    """A policy that asks at least as much of at least as many covers the demand."""
    assert RESISTANT.covered_by(_policy(COVERING[name]), STRENGTHS)


@pytest.mark.parametrize("name", NOT_COVERING)
def test_not_covering(name: str) -> None:
    """A policy that is narrower or weaker in any way does not."""
    assert not RESISTANT.covered_by(_policy(NOT_COVERING[name]), STRENGTHS)


@pytest.mark.parametrize(
    ("controls", "covers"),
    [
        ({"operator": "OR", "builtInControls": ["mfa"]}, True),
        ({"operator": "AND", "builtInControls": ["mfa", "compliantDevice"]}, True),
        ({"operator": "OR", "builtInControls": ["mfa", "compliantDevice"]}, False),
        ({"operator": "OR", "builtInControls": [], "authenticationStrength": {"id": PHISHING_RESISTANT}}, True),
        ({"operator": "OR", "builtInControls": ["compliantDevice"]}, False),
    ],
    ids=["mfa", "mfa and device", "mfa or device", "stronger", "device"],
)
def test_ordinary_mfa(controls: dict[str, Any], covers: bool) -> None:
    """Where ordinary MFA is asked for, any strength does too."""
    assert ORDINARY.covered_by(_policy({GRANT: controls}), STRENGTHS) is covers
