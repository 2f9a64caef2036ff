"""Files of somebody else are read up to a limit, and every way of failing is a sentence."""

from pathlib import Path

import pytest

from azremediate.core.errors import ConfigInvalid, InputInvalid
from azremediate.intake.bounded_file import decode_text, read_bounded


def test_a_file_at_the_limit_is_read(tmp_path: Path) -> None:
    """The limit itself is allowed."""
    file = tmp_path / "list.csv"
    file.write_bytes(b"x" * 10)
    assert read_bounded(file, 10) == b"x" * 10


@pytest.mark.fault("X2")
def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    """One byte more is too much, and the sentence says what the limit is."""
    file = tmp_path / "list.csv"
    file.write_bytes(b"x" * 1025)
    with pytest.raises(InputInvalid, match="is larger than 1 KiB"):
        read_bounded(file, 1024)


def test_a_missing_file_has_the_callers_hint(tmp_path: Path) -> None:
    """What to do about a missing file depends on which file it is."""
    with pytest.raises(ConfigInvalid, match="the file does not exist") as caught:
        read_bounded(tmp_path / "config.yaml", 10, missing="copy the example", error=ConfigInvalid)
    assert caught.value.hint == "copy the example"


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    """A folder is refused in a sentence, on every system."""
    with pytest.raises(InputInvalid, match=r"is a folder|may not be read"):
        read_bounded(tmp_path, 10)


def test_an_impossible_name_is_a_sentence() -> None:
    """A NUL in a path is no traceback, and is shown escaped."""
    with pytest.raises(InputInvalid, match="cannot be read") as caught:
        read_bounded(Path("a\x00b"), 10)
    assert "\x00" not in str(caught.value)


def test_bytes_that_are_not_utf8_are_found_by_line() -> None:
    """The first bad line is named, counted after the byte order mark."""
    with pytest.raises(InputInvalid, match=r"list\.csv:3: is not UTF-8 text"):
        decode_text(b"\xef\xbb\xbfa\nb\n\xff\n", "list.csv")
