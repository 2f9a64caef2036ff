"""Workbooks: their values as text, and what is refused before it is read."""

import random
import re
import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest

from azremediate.core.errors import InputInvalid
from azremediate.intake import notice_workbook
from azremediate.intake.notice_file import NoticeOptions
from azremediate.intake.notice_workbook import workbook_rows
from tests.intake.notices import HEADER, reading, workbook

HEADERS: list[object] = list(HEADER.split(","))


def test_cells(tmp_path: Path) -> None:
    """Dates, numbers and truth as Excel keeps them; rows shorter than the header; the row is that of the sheet."""
    sent = datetime(2024, 1, 15, 10, 0)  # noqa: DTZ001 - Excel knows no zones
    rows: list[list[object]] = [
        ["Report"],
        [],
        HEADERS,
        ["<a@x>", "ana@contoso.com", None, "a@x", 12.0, sent, True, "Password", 7],
        ["b@x", None, None, None, None, 45306.5],
    ]
    found = reading(tmp_path, workbook(*rows), name="n.xlsx")
    first, second = found.messages
    assert (first.message_id, first.subject, first.sent) == ("a@x", "12", "2024-01-15T10:00:00.000Z")
    assert (first.has_secret, first.secret_type, first.notice_id, first.row) == (True, "Password", "7", 4)
    assert (second.sent, second.row) == ("2024-01-15T12:00:00.000Z", 5)


def test_formulas_are_not_computed(tmp_path: Path) -> None:
    """One without a stored value is empty; text that only looks like one stays text."""
    rows: list[list[object]] = [HEADERS, ["a@x", None, "=1+1", None, "'=HYPERLINK(1)"]]
    found = reading(tmp_path, workbook(*rows), name="n.xlsx")
    (message,) = found.messages
    assert (message.sender, message.subject) == ("", "'=HYPERLINK(1)")
    assert found.warnings == ("formulas without a stored value, whose cells count as empty: 1",)


def test_a_stored_value_of_a_formula_counts(tmp_path: Path) -> None:
    """As whoever saved the workbook saw it."""
    with zipfile.ZipFile(BytesIO(workbook(HEADERS, ["a@x", None, "=1+1"]))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    stored = re.sub(rb"<f>1\+1</f><v ?/>", b"<f>1+1</f><v>2</v>", sheet)
    assert stored != sheet
    found = reading(tmp_path, _altered("xl/worksheets/sheet1.xml", stored), name="n.xlsx")
    assert (found.messages[0].sender, found.warnings) == ("2", ())


def test_sheets(tmp_path: Path) -> None:
    """The first one, or that which is named."""
    content = workbook(HEADERS, ["a@x"], title="One", more=("Two",))
    assert len(reading(tmp_path, content, NoticeOptions(sheet="Two"), "n.xlsx").messages) == 1
    with pytest.raises(InputInvalid, match="has no sheet 'Twoo'") as told:
        reading(tmp_path, content, NoticeOptions(sheet="Twoo"), "n.xlsx")
    assert told.value.hint == "did you mean 'Two'?"
    with pytest.raises(InputInvalid, match="is no workbook, so it has no sheets"):
        reading(tmp_path, HEADER, NoticeOptions(sheet="Two"))


def _altered(part: str, change: bytes) -> bytes:
    """A workbook in which one part begins with something else."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(workbook(HEADERS, ["a@x"]))) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change if name == part else content)
    return buffer.getvalue()


def test_entities_are_refused() -> None:
    """In any encoding that a parser would take."""
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    for content in (bomb.encode(), bomb.encode("utf-16"), b"<!--" + b" " * (2 << 20) + b"-->" + bomb.encode()):
        with pytest.raises(InputInvalid, match="defines entities"):
            workbook_rows(_altered("xl/workbook.xml", content), "n.xlsx")


def test_entities_between_two_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are found wherever the reading is cut."""
    monkeypatch.setattr(notice_workbook, "_CHUNK", 7)
    with pytest.raises(InputInvalid, match="defines entities"):
        workbook_rows(_altered("xl/workbook.xml", b"<!-- -->  <!DOCTYPE a><a/>"), "n.xlsx")


def test_a_sheet_cannot_hide_rows() -> None:
    """What it says of its own size does not count."""
    with zipfile.ZipFile(BytesIO(workbook(HEADERS, ["a@x"], ["b@x"]))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    lying = sheet.replace(b'<dimension ref="A1:I3" />', b'<dimension ref="A1:A2" />')
    assert lying != sheet
    rows = workbook_rows(_altered("xl/worksheets/sheet1.xml", lying), "n.xlsx").rows
    assert [len(cells) for _, cells in rows] == [9, 1, 1]


def test_what_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the sizes that the archive itself names, before anything is unpacked."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (4 << 20))
    monkeypatch.setattr(notice_workbook, "MAX_UNPACKED", 3 << 20)
    with pytest.raises(InputInvalid, match="would unpack to too much"):
        workbook_rows(buffer.getvalue(), "n.xlsx")


@pytest.mark.parametrize("place", ["A999999999", "XFD5"])
def test_far_cells_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """A few bytes can claim a row or a column very far away."""
    monkeypatch.setattr(notice_workbook, "MAX_CELLS", 10_000)
    number = place.lstrip("AXFD")
    start = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    cell = f'<row r="{number}"><c r="{place}" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>'
    content = _altered("xl/worksheets/sheet1.xml", f"{start}{cell}".encode())
    with pytest.raises(InputInvalid, match="too many rows or cells"):
        workbook_rows(content, "n.xlsx")


def _damaged(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        changed[chance.randrange(4, len(changed))] = chance.choice(b'\x00\xff<>"/1aZ ')
    return bytes(changed)


def _damaged_inside(content: bytes, chance: random.Random) -> bytes:
    """With whole archives around damaged parts, so that the damage is met by the reader of XML and of sheets."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        victim = chance.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            if name == victim and chance.random() < 0.8:
                part = _damaged(part, chance)
            if name != victim or part != old.read(name):
                new.writestr(name, part)
    return buffer.getvalue()


def test_damage_is_an_error_of_ours() -> None:
    """Bytes changed anywhere: rows, or the refusal; nothing else."""
    chance = random.Random(7)  # noqa: S311 - not for secrets
    whole = workbook(HEADERS, ["a@x", "ana@contoso.com"])
    refused = 0
    for turn in range(400):
        content = _damaged(whole, chance) if turn % 2 else _damaged_inside(whole, chance)
        try:
            workbook_rows(content, "n.xlsx")
        except InputInvalid:
            refused += 1
    assert refused > 100
