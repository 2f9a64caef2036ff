"""Notices of every form: rows in are messages, duplicates and rejected rows."""

import csv
import json
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azremediate.core.errors import InputInvalid
from azremediate.intake import notice_file, notice_table
from azremediate.intake.notice_columns import ColumnMap
from azremediate.intake.notice_file import NoticeOptions, read_notice, refuse_rejected
from tests.intake.notices import HEADER, OBJECT, ROW, reading


def test_one_row(tmp_path: Path) -> None:
    """Every field is where it belongs."""
    found = reading(tmp_path, f"{HEADER},Folder\n{ROW},Inbox\n")
    (message,) = found.messages
    assert (message.message_id, message.mailbox, message.sender) == ("a@x", "ana@contoso.com", "s@microsoft.com")
    assert (message.recipients, message.subject, message.sent) == (("a@x", "b@x"), "Hello", "2024-01-15T10:00:00.000Z")
    assert (message.has_secret, message.secret_type, message.notice_id) == (True, "Client Secret", "N-1")
    assert (message.source, message.file, message.row) == ("microsoft", str(tmp_path / "notice.csv"), 2)
    assert message.context == {"Folder": "Inbox"}
    assert (found.rows, found.duplicates, found.rejected, found.warnings) == (1, (), (), ())


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a\u202eb@x,u@x,,,,,,,", "message_id has a control character"),
        ("a@x,u\x00@x,,,,,,,", "mailbox has a control character"),
        (f"{'a' * 1001},u@x,,,,,,,", "message_id is longer"),
        (",u@x,,,,,,,", "has no message id, nor both"),
        ("n/a,,,,,2024-01-01T00:00Z,,,", "has no message id, nor both"),
        ("a@x,u@x,,,,03/04/2024,,,", "could be two days"),
        ("a@x,u@x,,,,soon,,,", "no form"),
        ("a@x,u@x", "has 2 cells, the header has 9"),
        (f"a@x,u@x,,,{'x' * 70_000},,,,", "longer than 64 KiB"),
    ],
)
def test_rejected(tmp_path: Path, row: str, said: str) -> None:
    """With row and reason; the others go on, and --strict lists them."""
    found = reading(tmp_path, f"{HEADER}\n{row}\n{ROW}\n")
    ((rejected),) = found.rejected
    assert (rejected.row, said in rejected.reason) == (2, True), rejected.reason
    assert [one.row for one in found.messages] == [3]
    with pytest.raises(InputInvalid, match=r"notice\.csv:2: ") as told:
        refuse_rejected([found])
    assert "--strict" in told.value.hint


def test_dates_prove_their_order(tmp_path: Path) -> None:
    """And it is said which row does."""
    rows = "a@x,,,,,03/04/2024 3:00 PM,,,\nb@x,,,,,03/14/2024 3:00 PM,,,\n"
    found = reading(tmp_path, f"{HEADER}\n{rows}")
    assert [one.sent for one in found.messages] == ["2024-03-04T15:00:00.000Z", "2024-03-14T15:00:00.000Z"]
    assert "times were read with the month before day, as row 3 proves" in found.warnings
    assert "a time without zone was taken as UTC in lines 2, 3" in found.warnings


def test_a_map_counts_instead_of_guesses(tmp_path: Path) -> None:
    """What it does not name is context."""
    options = NoticeOptions(column_map=ColumnMap({"message_id": "Ref", "mailbox": "Who"}))
    found = reading(tmp_path, "Title\nRef,Who,Subject\nr1,u@x,Hi\n", options)
    assert (found.messages[0].message_id, found.messages[0].mailbox) == ("r1", "u@x")
    assert (found.messages[0].subject, found.messages[0].context) == ("", {"Subject": "Hi"})


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "n.csv", "is empty"),
        (b"\n\n", "n.csv", "is empty"),
        (b"Message-ID,Subject,Subject\n", "n.csv", "has the column 'Subject' twice"),
        (b'Message-ID,Subject\na,"b"c\n', "n.csv", "is not valid CSV"),
        (b"[{]", "n.json", "is not valid JSON"),
        (b"{\n}", "n.txt", "neither a JSON array nor JSON Lines"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "n.xls", "is no workbook"),
        (b"Message-ID\na\n", "n.xlsx", "is no workbook"),
        (b"Message-ID\n\x81\n", "n.csv", "no known encoding"),
        (b"PK\x03\x04" + b"x" * 600, "n.xlsx", "is no workbook that can be read"),
        (b"Message-ID" + b",x" * 1001, "n.csv", "more than 1000 columns"),
    ],
)
def test_no_notice(tmp_path: Path, content: bytes, name: str, said: str) -> None:
    """A file in which rows cannot be told apart is refused as a whole."""
    with pytest.raises(InputInvalid, match=said):
        reading(tmp_path, content, name=name)


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of bytes, rows and cells."""
    monkeypatch.setattr(notice_table, "MAX_ROWS", 2)
    with pytest.raises(InputInvalid, match="more than 2 rows"):
        reading(tmp_path, f"{HEADER}\n" + "a,,,,,,,,\n" * 30)
    monkeypatch.setattr(notice_table, "MAX_CELLS", 8)
    with pytest.raises(InputInvalid, match="more than 8 cells"):
        reading(tmp_path, json.dumps([OBJECT, OBJECT]), name="n.json")
    monkeypatch.setattr(notice_file, "MAX_BYTES", 10)
    with pytest.raises(InputInvalid, match="is larger than"):
        reading(tmp_path, HEADER)


CELL = st.text(st.sampled_from('a@x ,;"\n\r\t<>\u202e\x00=1/-ü'), max_size=8)
SENT = st.sampled_from(["", "2024-01-01", "03/04/2024", "31/12/2024", "45000", "soon"])


@given(st.lists(st.tuples(CELL, CELL, CELL, SENT, CELL), max_size=20))
def test_rows_add_up(rows: list[tuple[str, ...]]) -> None:
    """Whatever the cells hold: each row that has anything is accepted, a duplicate or rejected."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["Message-ID", "Mailbox", "Subject", "Sent", "Secret Type"])
    writer.writerows(rows)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "n.csv"
        file.write_bytes(text.getvalue().encode())
        found = read_notice(file, NoticeOptions())
    assert found.rows == sum(1 for row in rows if any(cell.strip() for cell in row))
    assert found.rows == len(found.messages) + len(found.duplicates) + len(found.rejected)
