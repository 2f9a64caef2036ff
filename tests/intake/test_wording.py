"""Messages: what of a hostile file may be shown, and what its writer probably meant."""

import pytest

from azremediate.intake.wording import meant, numbers, quoted, smells_of_secret, suggest


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("plain", "'plain'"),
        ("a\x1b[31m\n", "'a\\u{1b}[31m\\u{a}'"),
        ("\u202eabc\u200b", "'\\u{202e}abc\\u{200b}'"),
        ("x" * 41, f"'{'x' * 40}'…"),
    ],
)
def test_names_are_shown_escaped_and_cut(given: str, expected: str) -> None:
    """Nothing that moves the cursor, turns the direction or hides gets into a message."""
    assert quoted(given) == expected


def test_the_closest_name_is_meant() -> None:
    """Whatever its case; and when nothing is close, what is known is listed."""
    assert meant("TENANTID", ["tenant_id", "cloud"]) == "did you mean 'tenant_id'?"
    assert meant("m", ["S", "M"]) == "did you mean 'M'?"
    assert suggest("xyz", ["a", "b"], "known here") == "known here: a, b"
    assert suggest("xyz", [], "known here") == "known here: none"


def test_line_numbers_are_cut() -> None:
    """A warning about thousands of rows stays a sentence."""
    assert numbers([3]) == "line 3"
    assert numbers(range(1, 14)) == "lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 3 more"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("client_secret", True), ("Client Secret", True), ("passwort", True), ("api-key", True), ("value", True),
     ("ticket", False), ("keyboard", False), ("evaluation", False)],
)  # fmt: skip
def test_names_that_smell_of_secrets(name: str, expected: bool) -> None:
    """Case, spaces and dashes hide nothing; innocent words stay innocent."""
    assert smells_of_secret(name) is expected
