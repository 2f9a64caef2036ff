"""The views of a text: equal offsets, labels of other scripts, wrapped lines and invisible characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azremediate.mail.labels import foreign_labels
from azremediate.mail.text_view import as_bytes, joined_views


@given(st.text(max_size=300))
def test_same_length(text: str) -> None:
    """One byte for each character, whatever the text."""
    assert len(as_bytes(text)) == len(text)


def test_labels_of_other_scripts_keep_their_length() -> None:
    """The English word that stands for a label is as long as the label."""
    assert [
        pattern.pattern for pattern, label in foreign_labels() if len(pattern.pattern.replace("\\", "")) != len(label)
    ] == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("пароль: x", b"passwd: x"),
        ("\uff1aA\uff11", b":A1"),
        ("\u201ca\u201d \u2192 b\u00a0c", b'"a" > b c'),
        ("です", b"\x1f\x1f"),
    ],
)
def test_marks(text: str, wanted: bytes) -> None:
    """Punctuation becomes that of ASCII, other scripts become marks."""
    assert as_bytes(text) == wanted


TOKEN = "A1b2C3d4" * 12


@pytest.mark.parametrize("joint", ["\n", "\r\n", "\n> ", "\n>> ", "=\n", "\n    "])
def test_a_wrapped_token_is_whole_again(joint: str) -> None:
    """A token that a line break splits stands in a joined view, and its place covers the break."""
    text = f"the key is {TOKEN[:60]}{joint}{TOKEN[60:]} thanks\n"
    (view,) = joined_views(as_bytes(text), text)
    at = view.data.find(TOKEN.encode())
    assert at >= 0
    assert view.place(at, at + len(TOKEN)) == (text.index(TOKEN[:60]), text.index(" thanks"))


def test_invisible_characters() -> None:
    """A zero-width character inside a token does not hide it."""
    text = f"key {TOKEN[:30]}\u200b{TOKEN[30:]}"
    (view,) = joined_views(as_bytes(text), text)
    assert TOKEN.encode() in view.data


def test_what_crosses_no_joint_has_no_place() -> None:
    """The plain view has it."""
    text = f"{TOKEN[:60]}\n{TOKEN[60:]} end"
    (view,) = joined_views(as_bytes(text), text)
    assert view.place(0, 10) is None


def test_short_lines_are_not_joined() -> None:
    """A line that ends early ends on purpose."""
    text = "Password: Winter\nRegards"
    assert joined_views(as_bytes(text), text) == []
