"""Each rule finds its examples and leaves its counter-examples, with both engines; expressions stay in the subset."""

from random import Random

import pytest

from azremediate.mail.confirm import confirm
from azremediate.mail.engine import ReEngine, make_engine
from azremediate.mail.labels import labels
from azremediate.mail.rule import Rule, rules
from azremediate.mail.rule_check import CHECKS
from azremediate.mail.text_view import as_bytes
from tests.mail.examples import written

hyperscan = pytest.importorskip("hyperscan")
ENGINES = {"re": ReEngine(rules(), labels()), "hyperscan": make_engine("hyperscan", rules(), labels())}
CASES = [
    pytest.param(rule, template, wanted, id=f"{rule.name}-{'yes' if wanted else 'no'}-{number}")
    for rule in rules()
    for wanted, templates in ((True, rule.yes), (False, rule.no))
    for number, template in enumerate(templates)
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("rule", "template", "wanted"), CASES)
def test_examples(rule: Rule, template: str, wanted: bool, engine: str) -> None:
    """A positive example is found by its rule, a negative one is not; the random parts do not matter."""
    random = Random(f"{rule.name}{template}")  # noqa: S311 - the same examples in each run
    for _ in range(4):
        data = as_bytes(written(template, random))
        found = confirm(data, ENGINES[engine].hits(data), rules(), lambda: None)
        assert (rule.name in {match.rule for match in found}) is wanted


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_subset(rule: Rule) -> None:
    """Hyperscan takes the anchor and the whole expression, and each check exists."""
    for expression in (rule.anchor, rule.pattern.pattern):
        hyperscan.Database().compile(expressions=[expression], ids=[0], elements=1, flags=[0])
    assert {check.partition(":")[0] for check in rule.checks} <= set(CHECKS)
    assert rule.yes


def test_names_are_unique() -> None:
    """A finding names its rule, so no two rules share a name."""
    names = [rule.name for rule in rules()]
    assert sorted(set(names)) == sorted(names)
