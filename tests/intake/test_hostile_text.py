"""What is not taken over from text that others wrote."""

import pytest

from azremediate.intake.hostile_text import has_hidden, looks_like_secret, without_secrets

SECRET = f"abc8Q~{'x' * 34}"


@pytest.mark.parametrize("char", ["\x00", "\u200f", "\u202e", "\u2066", "\ud800"])
def test_hidden(char: str) -> None:
    """In names these are refused."""
    assert has_hidden(f"a{char}b")
    assert not has_hidden("Grüße \u4f60")


def test_secrets() -> None:
    """Wherever they stand in a text; half characters become whole ones."""
    assert looks_like_secret(f"see {SECRET}!")
    assert without_secrets(f"see {SECRET} \ud800") == ("see [removed] \N{REPLACEMENT CHARACTER}", True)
    assert without_secrets("nothing") == ("nothing", False)
