"""Workbooks that would fill the memory, refused before anything is built of them."""

import zipfile
from io import BytesIO

import pytest

from azremediate.core.errors import InputInvalid
from azremediate.intake import workbook_archive
from azremediate.intake.notice_workbook import workbook_rows
from tests.intake.notices import altered


def test_entities_are_refused() -> None:
    """In any encoding that a parser would take."""
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    for content in (bomb.encode(), bomb.encode("utf-16"), b"<!--" + b" " * (2 << 20) + b"-->" + bomb[21:].encode()):
        with pytest.raises(InputInvalid, match="defines entities"):
            workbook_rows(altered("xl/workbook.xml", content), "n.xlsx")


def test_entities_between_two_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are found wherever the reading is cut."""
    monkeypatch.setattr(workbook_archive, "_CHUNK", 7)
    with pytest.raises(InputInvalid, match="defines entities"):
        workbook_rows(altered("xl/workbook.xml", b"<!-- -->  <!DOCTYPE a><a/>"), "n.xlsx")


def test_what_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the sizes that the archive itself names, before anything is unpacked."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (4 << 20))
    monkeypatch.setattr(workbook_archive, "MAX_UNPACKED", 3 << 20)
    with pytest.raises(InputInvalid, match="would unpack to too much"):
        workbook_rows(buffer.getvalue(), "n.xlsx")


@pytest.mark.parametrize(
    ("limit", "inner"),
    [
        ("MAX_SHEET_ROWS", "<row/>" * 50),
        ("MAX_LIVE", f"<row>{'<c/>' * 50}</row>"),
        ("MAX_LIVE", f"<row>{'<c/><row/>' * 50}</row>"),
        ("MAX_LIVE", f"<x>{'<row/>' * 50}</x>"),
        ("MAX_ELEMENTS", f"<row>{'<c/>' * 20}</row>" * 3),
        ("MAX_ROW_BYTES", f"<row><c t='str'><v>{'x' * 50}</v></c></row>"),
    ],
)
def test_elements_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch, limit: str, inner: str) -> None:
    """What the library would keep all of is counted before it may."""
    monkeypatch.setattr(workbook_archive, "_CHUNK", 10)
    start = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    content = altered("xl/worksheets/sheet1.xml", f"{start}{inner}</sheetData></worksheet>".encode())
    workbook_rows(content, "n.xlsx")
    monkeypatch.setattr(workbook_archive, "MAX_ROW_BYTES", 100_000)
    monkeypatch.setattr(workbook_archive, limit, 40)
    part = workbook_archive.PartCheck("n.xlsx", "sheet1.xml")
    with zipfile.ZipFile(BytesIO(content)) as archive:
        sheet = archive.getinfo("xl/worksheets/sheet1.xml")
        with pytest.raises(InputInvalid, match="too many rows, cells"):
            part.look(archive, sheet)
