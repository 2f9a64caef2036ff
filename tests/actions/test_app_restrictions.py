"""Policies are compared by what they refuse, and merged without loosening anything."""

from datetime import timedelta
from typing import Any

import pytest

from azremediate.actions._app_restrictions import (
    KEY_LIFETIME,
    KEYS,
    PASSWORD_ADDITION,
    PASSWORD_LIFETIME,
    PASSWORDS,
    SECTIONS,
    Rule,
    at_least,
    policy_of,
    rules_in,
    same_policy,
    tightest,
)
from azremediate.core.errors import ServiceFailing
from azremediate.core.json_value import JsonObject

EARLY, LATE = "2024-01-01T00:00:00.000Z", "2025-01-01T00:00:00.000Z"


def life(days: int, after: str = "") -> Rule:
    """A limit of client secrets."""
    return Rule(PASSWORDS, PASSWORD_LIFETIME, timedelta(days=days), after)


FORBIDDEN = Rule(PASSWORDS, PASSWORD_ADDITION, None, "")


def policy(*rules: Rule, on: bool = True, **more: Any) -> dict[str, Any]:
    """A policy with the same rules in both sections."""
    section = {member: [rule.entry for rule in rules if rule.member == member] for member in (PASSWORDS, KEYS)} | more
    return {"isEnabled": on, **dict.fromkeys(SECTIONS, section)}


@pytest.mark.parametrize(
    ("one", "other", "covers"),
    [
        (life(90), life(181), True),
        (life(181), life(181), True),
        (life(365), life(181), False),
        (life(90), life(181, LATE), True),
        (life(90, LATE), life(181), False),
        (life(90, EARLY), life(181, LATE), True),
        (life(90, LATE), life(181, EARLY), False),
        (FORBIDDEN, life(1), False),
        (FORBIDDEN, FORBIDDEN, True),
        (Rule(KEYS, KEY_LIFETIME, timedelta(days=1), ""), life(2), False),
    ],
)
def test_covers(one: Rule, other: Rule, covers: bool) -> None:
    """A rule covers another when it refuses whatever the other refuses."""
    assert one.covers(other) is covers


@pytest.mark.parametrize(
    ("now", "asked", "result"),
    [
        (None, life(181), life(181)),
        (life(365), life(181), life(181)),
        (life(90), life(181), life(90)),
        (life(90, LATE), life(181), life(90)),
        (life(365, EARLY), life(181, LATE), life(181, EARLY)),
    ],
    ids=["new", "shortened", "kept", "shorter and for all", "for as many as before"],
)
def test_merged(now: Rule | None, asked: Rule, result: Rule) -> None:
    """The merged policy covers both what was there and what is asked."""
    before = policy(*([now] if now else []), FORBIDDEN)
    merged = tightest(before, [asked])
    for section in SECTIONS:
        assert set(rules_in(merged, section)) == {result, FORBIDDEN}
    assert at_least(merged, before)
    assert at_least(merged, policy(asked))


def test_what_is_not_about_it_stays() -> None:
    """Members and kinds of rule that nobody asks about are sent back as they were."""
    uris = {"nonDefaultUriAddition": {"state": "enabled"}}
    other = {"restrictionType": "symmetricKeyAddition", "maxLifetime": None, "state": "enabled"}
    before = policy(life(365), identifierUris=uris)
    before["applicationRestrictions"][PASSWORDS].append(other)
    merged: Any = tightest(before, [life(181)])
    assert merged["applicationRestrictions"]["identifierUris"] == uris
    assert other in merged["applicationRestrictions"][PASSWORDS]


def test_a_rule_that_is_off_counts_for_nothing() -> None:
    """It is switched on with what is asked for."""
    before = policy()
    before["applicationRestrictions"] = {PASSWORDS: [{**life(30).entry, "state": "disabled"}]}
    assert not at_least(before, policy(life(181)))
    assert rules_in(tightest(before, [life(181)]), "applicationRestrictions") == [life(181)]


def test_a_policy_that_is_off_restricts_nothing() -> None:
    """Whatever it holds."""
    assert not at_least(policy(life(30), on=False), policy(life(181)))
    assert at_least(policy(life(30)), policy(life(181)))


def test_same_policy() -> None:
    """Order, absent members and forms of writing do not matter; a rule or the switch does."""
    one = policy(life(7), FORBIDDEN)
    other = policy(FORBIDDEN, life(7))
    other["applicationRestrictions"][PASSWORDS][1] = {"restrictionType": PASSWORD_LIFETIME, "maxLifetime": "P1W"}
    assert same_policy(one, other)
    assert not same_policy(one, policy(life(7)))
    assert not same_policy(one, policy(life(7), FORBIDDEN, on=False))
    assert same_policy({"isEnabled": False, **dict.fromkeys(SECTIONS)}, policy(on=False))


def test_annotations_are_not_sent_back() -> None:
    """What Graph adds for its own sake is no part of a policy."""
    answer: JsonObject = {
        "@odata.context": "x",
        "id": "x",
        "isEnabled": None,
        "applicationRestrictions": {"@odata.type": "x", PASSWORDS: [{"@odata.id": "x", "state": "enabled"}]},
    }
    assert policy_of(answer) == {
        "isEnabled": False,
        "applicationRestrictions": {PASSWORDS: [{"state": "enabled"}]},
        "servicePrincipalRestrictions": None,
    }


def test_a_lifetime_without_length() -> None:
    """Years and months cannot be compared: better no change than a looser one."""
    before = policy()
    before["applicationRestrictions"] = {PASSWORDS: [{**life(30).entry, "maxLifetime": "P1Y"}]}
    with pytest.raises(ServiceFailing, match="cannot be compared"):
        tightest(before, [life(181)])
