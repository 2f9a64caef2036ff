"""Separated text as spreadsheets of any country write it."""

from pathlib import Path

import pytest

from tests.intake.notices import HEADER, ROW, reading


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_encodings_and_separators(tmp_path: Path, codec: str, mark: str) -> None:
    """As spreadsheets of any country write them."""
    cells = (HEADER, ROW.replace("Hello", "Grüße"))
    text = "\r\n".join(mark.join(f'"{cell}"' for cell in line.split(",")) for line in cells)
    (message,) = reading(tmp_path, text.encode(codec)).messages
    assert (message.subject, message.message_id, message.recipients) == ("Grüße", "a@x", ("a@x", "b@x"))


def test_the_encoding_is_said(tmp_path: Path) -> None:
    """Unless it is UTF-8; with `sep=` and a title above the header."""
    text = f"sep=;\r\nReport\r\n\r\n{HEADER.replace(',', ';')}\r\nü@x;u@x;;;;;;;\r\n"
    found = reading(tmp_path, text.encode("cp1252"))
    assert (found.messages[0].message_id, found.messages[0].row) == ("ü@x", 5)
    assert found.warnings == ("read as Windows-1252 text", "what stands above the header in row 4 was left out")
