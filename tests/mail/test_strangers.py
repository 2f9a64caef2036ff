"""Mail that was written without a look at the rules: how much of it has to be found, and how little else."""

import pytest

from tests.mail.strangers import Score, score, strangers


@pytest.fixture(scope="module")
def scored() -> Score:
    """Every message once."""
    return score(list(strangers(1)))


def test_a_third_is_held_and_every_tier_is_there() -> None:
    """Rules are mended with the rest in sight only."""
    messages = list(strangers(1))
    assert {one.tier for one in messages} == {"T1", "T2", "prose", "decoy"}
    assert 0.25 < sum(one.held for one in messages) / len(messages) < 0.42
    assert all(bool(one.values) != (one.tier == "decoy") for one in messages)
    assert messages == list(strangers(1))
    assert messages != list(strangers(2))


def test_exact_formats_are_found(scored: Score) -> None:
    """Formats that say what they are."""
    assert scored.recall["T1"] >= 0.99, scored.missed


def test_labels_are_understood(scored: Score) -> None:
    """Configuration, commands and code; passwords in sentences, tables and forms."""
    assert scored.recall["T2"] >= 0.90, scored.missed
    assert scored.recall["prose"] >= 0.90, scored.missed


def test_little_else_is_found(scored: Score) -> None:
    """What a plan takes by itself is right; what an analyst looks at is mostly right."""
    assert scored.precision["T1+T2"] >= 0.97, scored.wrong
    assert scored.precision["prose"] >= 0.75, scored.wrong
