"""Long lines at a terminal break between words, and stay whole where somebody copies them."""

import pytest

from azremediate.cli.folding import columns, fold

GUID = "0c6f2f5c-1111-4222-8333-444455556666"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("short", "short"),
        (
            "      why   " + "word " * 9 + "end",
            "      why   word word word word word\n            word word word word end",
        ),
        ("  - row 2: one two three four five six seven", "  - row 2: one two three four five six\n    seven"),
        (
            f"  Payroll API   application  id {GUID}",
            f"  Payroll API   application\n      id\n      {GUID}",
        ),
        ("x" * 60, "x" * 60),
        ("Next:  azremediate apply " + "x" * 30, "Next:  azremediate apply " + "x" * 30),
        ("$ azremediate plan one --credentials two -o three", "$ azremediate plan one --credentials two -o three"),
        ("名" * 15 + " " + "名" * 15, "名" * 15 + "\n    " + "名" * 15),
    ],
    ids=["short", "label", "item", "ids", "one word", "next", "command", "wide letters"],
)
def test_fold(text: str, folded: str) -> None:
    """At 40 columns."""
    assert fold(text, 40) == folded


def test_no_word_is_lost() -> None:
    """Whatever the width, the words and their order stay."""
    text = "  ~ act: " + " ".join(f"{number}  word-{number}" for number in range(60))
    for width in range(40, 120):
        folded = fold(text, width)
        assert folded.split() == text.split()
        assert max(map(columns, folded.splitlines())) <= width


def test_a_very_narrow_terminal_breaks_lines_itself() -> None:
    """Folding at a few columns would make a column of single words."""
    text = "one two three four five six seven eight nine ten"
    assert fold(text, 20) == text
