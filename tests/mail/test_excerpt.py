"""The text around a finding: no value stands in it, found or not."""

from azremediate.mail.excerpt import excerpt

TEXT = (
    "the build said Dragon$4594, then Garden-Ocean-12 (on web-01) and the pw: Winter2024!x for run 7 of kim@x.example"
)
SPAN = (TEXT.index("Winter"), TEXT.index("Winter") + len("Winter2024!x"))


def test_what_was_not_found() -> None:
    """A token that looks like nothing but a password is masked too; names of machines and people stay."""
    shown = excerpt(TEXT, SPAN, [(*SPAN, "password")], ())
    assert "Dragon$4594" not in shown
    assert "Winter2024!x" not in shown
    assert shown.endswith(
        "[masked], then Garden-Ocean-12 (on web-01) and the pw: [password] for run 7 of kim@x.example"
    )


def test_other_values() -> None:
    """What was found elsewhere in the message stands in no excerpt."""
    assert "Garden-Ocean-12" not in excerpt(TEXT, SPAN, [(*SPAN, "password")], ["Garden-Ocean-12"])
