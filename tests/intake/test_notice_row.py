"""What the cells of one row say."""

from pathlib import Path

import pytest

from tests.intake.notices import HEADER, reading


@pytest.mark.parametrize(
    ("flag", "kind", "expected"),
    [
        ("TRUE", "", (True, "", True)),
        ("1", "", (True, "", True)),
        ("3", "", (True, "", True)),
        ("no", "", (False, "", False)),
        ("0", "", (False, "", False)),
        ("", "", (None, "", False)),
        ("", "Password", (None, "Password", True)),
        ("Suspected", "", (None, "suspected", True)),
        ("Password", "", (True, "Password", True)),
        ("blue", "", (None, "", False)),
        ("yes", "none", (True, "", True)),
    ],
)
def test_flags(tmp_path: Path, flag: str, kind: str, expected: tuple[bool | None, str, bool]) -> None:
    """Yes and no in the words of notices; what may be is a suspicion, and a word that is not known says nothing."""
    found = reading(tmp_path, f"{HEADER}\na@x,,,,,,{flag},{kind},\n")
    (message,) = found.messages
    assert (message.has_secret, message.secret_type, message.flagged) == expected
    assert bool(found.warnings) == (flag == "blue")


def test_secrets_are_not_taken_over(tmp_path: Path) -> None:
    """Neither from columns of their own, nor in place of a type, nor within a subject."""
    secret = f"abc8Q~{'x' * 34}"
    row = f"a@x,,,,see {secret},,yes,hunter2=Q!,,swordfish"
    found = reading(tmp_path, f"{HEADER},Secret Value\n{row}\n")
    (message,) = found.messages
    assert (message.subject, message.secret_type, message.context) == ("see [removed]", "[removed]", {})
    for text in (secret, "hunter2", "swordfish"):
        assert text not in repr(found)
    assert len(found.warnings) == 2


def test_recipients(tmp_path: Path) -> None:
    """Between marks and lines; a comma in a name is none between two."""
    cell = '"Doe, Ana <ana@x>; b@x,c@x\nd@x"'
    (message,) = reading(tmp_path, f"{HEADER}\na@x,,,{cell},,,,,\n").messages
    assert message.recipients == ("Doe, Ana <ana@x>", "b@x", "c@x", "d@x")
