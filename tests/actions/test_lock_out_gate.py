"""A policy is enabled only when it is shown that it locks nobody out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from azremediate.actions._conditional_access import Grant
from azremediate.actions._lock_out_gate import locked_out_words, not_proven
from azremediate.core.privilege import Measured, Person
from tests.actions.policy_stage import ALICE, BOB

WEEK = timedelta(days=7)
GOOD = Measured("p", 7.0, 3)
UNKNOWN = replace(BOB, resistant=None, multifactor=None, gap="not in the report")


@pytest.mark.parametrize(
    ("people", "grant", "measured", "policy", "says"),
    [
        ((ALICE,), Grant.PHISHING_RESISTANT, GOOD, "p", ""),
        ((ALICE, BOB), Grant.MFA, GOOD, "p", ""),
        ((ALICE, BOB), Grant.PHISHING_RESISTANT, GOOD, "p", "bob@x (has no phishing-resistant method)"),
        ((UNKNOWN,), Grant.MFA, GOOD, "p", "bob@x (not in the report)"),
        ((UNKNOWN,), None, GOOD, "p", ""),
        ((ALICE,), Grant.MFA, GOOD, "", "nothing was measured"),
        ((ALICE,), Grant.MFA, None, "p", "it was not read"),
        ((ALICE,), Grant.MFA, replace(GOOD, policy_id="q"), "p", "it was not read"),
        ((ALICE,), Grant.MFA, replace(GOOD, gap="broken"), "p", "broken"),
        ((ALICE,), Grant.MFA, replace(GOOD, days=6.9), "p", "6.9 days"),
        ((ALICE,), Grant.MFA, replace(GOOD, refused=("zoe@x",)), "p", "zoe@x"),
        ((ALICE,), Grant.MFA, replace(GOOD, sign_ins=0), "p", "not judged a single"),
        ((ALICE,), None, replace(GOOD, sign_ins=0), "p", ""),
    ],
)
def test_gate(
    people: tuple[Person, ...], grant: Grant | None, measured: Measured | None, policy: str, says: str
) -> None:
    """The first thing that is not shown is the reason; nothing is taken for granted."""
    found = not_proven(people, grant, (measured,) if measured else (), policy, WEEK)
    assert (says in found) if says else found == ""


def test_everybody_is_named() -> None:
    """However many they are."""
    people = [replace(BOB, id=str(number), name=f"p{number}@x") for number in range(40)]
    words = locked_out_words(people, Grant.PHISHING_RESISTANT)
    assert "40 people" in words
    assert all(f"{person.name} (" in words for person in people)
