"""The mutants are made and judged rightly."""

import pytest

from tests.faults.mutants import SOURCE, Mutant, mutants_of, survivors

SMALL = """
def f(a: int, b: bool) -> bool:
    if not b or a < 3:
        raise ValueError("x")
    print(a)
    return a == 1
"""


def test_every_place_is_changed_once() -> None:
    """One mutant for each way in which each place can be wrong, each a program."""
    found = [mutant.what.split(": ", 1)[1] for mutant in mutants_of("f.py", SMALL)]
    expected = ["b", "not b and a < 3", "a <= 3", "4", "pass", "pass", "return None", "a != 1", "2"]
    assert sorted(found) == sorted(expected)


def test_decorators_stay() -> None:
    """What only types hold is left alone."""
    assert list(mutants_of("f.py", "@dataclass(frozen=True)\nclass A:\n    pass\n")) == []


@pytest.mark.parametrize(
    ("old", "new", "survives"),
    [
        ("len(changes) <= settings.max_changes", "len(changes) < settings.max_changes", False),
        ("it is azremediate's own identity", "it is the tool's own identity", True),
    ],
    ids=["a limit that is one off", "another wording"],
)
def test_judging(old: str, new: str, survives: bool) -> None:
    """A guard that is one off is noticed; the same tests stay green for another wording."""
    text = (SOURCE / "azremediate/core/guards.py").read_text(encoding="utf-8")
    assert old in text
    mutant = Mutant("core/guards.py", "one", text.replace(old, new))
    assert [survived for _, survived in survivors([mutant], 1)] == [survives]
