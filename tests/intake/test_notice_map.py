"""The map of columns as a file that people edit."""

from pathlib import Path

import pytest

from azremediate.core.errors import InputInvalid
from azremediate.intake.notice_columns import ColumnChoice
from azremediate.intake.notice_map import map_text, read_map


def test_written_and_read(tmp_path: Path) -> None:
    """Any header survives, also one that YAML would take for something else."""
    columns = {"message_id": 'a "b" \\ c: #', "sender": "no", "sent": "12", "subject": "S\u202eüß\u0007"}
    file = tmp_path / "map.yaml"
    file.write_text(map_text(ColumnChoice(columns)), encoding="utf-8")
    assert "\u202e" not in file.read_text(encoding="utf-8")
    assert read_map(file).columns == columns


def test_unclear_columns_are_comments(tmp_path: Path) -> None:
    """To be chosen from by removing a mark."""
    text = map_text(ColumnChoice({"sent": "Sent"}, {"sender": ("From", "Sender")}))
    assert '  # sender: "From"\n  # sender: "Sender"\n' in text
    file = tmp_path / "map.yaml"
    file.write_text(text.replace('  # sender: "From"', '  sender: "From"'), encoding="utf-8")
    assert read_map(file).columns == {"sent": "Sent", "sender": "From"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "columns:\n  mesage_id: A\n",
            r":2:3: columns\.mesage_id: .*; did you mean 'message_id'\?",
        ),
        ("columns:\n  sender: A\n  subject: A\n", ":3:12: .* names the same column as sender"),
        ("columns:\n  sender: [A]\n", "must be the header of a column"),
        ("columns:\n  sender:\n", "must be the header of a column"),
        ("colums: {sender: A}\n", "is not a known key"),
        ("columns: {}\n", "must be a section"),
        ("- sender\n", "has no section"),
        ("", "has no section"),
        ("columns: [\n", "is not valid YAML"),
    ],
)
def test_refused(tmp_path: Path, text: str, said: str) -> None:
    """With file, line and what is meant."""
    file = tmp_path / "map.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputInvalid, match=said) as told:
        read_map(file)
    assert told.value.file == str(file)
