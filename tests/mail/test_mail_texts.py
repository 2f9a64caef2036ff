"""Mail as strangers write it: what people, engineers and machines send is found, and what only looks like it is not."""

from collections import Counter

import pytest
from mail_strangers import strangers

from azremediate.core.finding import Tier
from azremediate.mail.analysis import Analyst
from azremediate.mail.fingerprint import fingerprint, plain
from azremediate.mail.taking_apart import take_apart

KEY = b"k" * 32


@pytest.fixture(scope="module")
def figures() -> dict[str, float]:
    """Recall by tier, and precision of the sure findings and of passwords."""
    analyst = Analyst(KEY, engine="re")
    planted, found = Counter[str](), Counter[str]()
    sure = sure_right = passwords = passwords_right = 0
    for _, raw, truths in strangers(seed=3, rounds=3):
        wanted = {fingerprint(KEY, plain(one.value)): one for one in truths}
        got = {one.fingerprint: one for one in analyst.analyse(take_apart(raw, "x")).findings}
        planted.update(one.tier for one in wanted.values())
        found.update(one.tier for print_, one in wanted.items() if print_ in got)
        for print_, one in got.items():
            right = print_ in wanted
            if one.tier is not Tier.PROXIMITY:
                sure, sure_right = sure + 1, sure_right + right
            if one.kind == "password":
                passwords, passwords_right = passwords + 1, passwords_right + right
    recall = {tier: found[tier] / count for tier, count in planted.items()}
    return {**recall, "sure": sure_right / sure, "passwords": passwords_right / passwords}


@pytest.mark.parametrize(
    ("figure", "least"), [("T1", 0.99), ("T2", 0.95), ("prose", 0.90), ("sure", 0.97), ("passwords", 0.90)]
)
def test_at_least(figures: dict[str, float], figure: str, least: float) -> None:
    """Recall of exact, labelled and prose secrets, precision of the sure findings and of passwords."""
    assert figures[figure] >= least
