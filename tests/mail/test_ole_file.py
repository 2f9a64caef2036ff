"""An OLE file says how large its streams are; what is more than it can hold is not believed."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azremediate.mail.ole_file import DamagedOleFile, OleFile
from tests.mail.mail_files import outlook_file

CONTENT = b"word" * 2000
FILE = outlook_file({"A": CONTENT, "S/B": b"b" * 5000})


def changed(at: int, form: str, number: int) -> bytes:
    """The file with a number written into it."""
    data = bytearray(FILE)
    struct.pack_into(form, data, at, number)
    return bytes(data)


def entry_of(name: str) -> int:
    """Where the directory speaks of a stream."""
    return FILE.index(name.encode("utf-16-le").ljust(64, b"\0"), 512)


def test_read() -> None:
    """Streams by their path in either form."""
    file = OleFile(FILE)
    assert sorted(file.streams) == [["A"], ["S", "B"]]
    assert file.storages == [["S"]]
    assert file.read(["A"]) == CONTENT
    assert file.read("S/B")[:5000] == b"b" * 5000
    assert (file.has("S/B"), file.has("S/C")) == (True, False)


def test_a_stream_in_a_loop() -> None:
    """A table of sectors that leads back to its start, and a size of four gigabytes: nothing of it is read."""
    data = bytearray(changed(entry_of("A") + 120, "<I", 0xFFFFFFFF))
    table = 512 + 512 * struct.unpack_from("<I", data, 76)[0]
    struct.pack_into("<I", data, table + 4, 0)
    with pytest.raises(DamagedOleFile):
        OleFile(bytes(data)).read(["A"])


def test_all_that_is_read_is_bounded() -> None:
    """Reading the same again and again ends, as it must where streams share their sectors."""
    file = OleFile(FILE)
    with pytest.raises(DamagedOleFile):
        for _ in range(10):
            file.read(["A"])


@pytest.mark.parametrize(
    ("at", "form", "number"),
    [(0, "<I", 0), (30, "<H", 65535), (30, "<H", 0), (44, "<I", 0xFFFFFFFF)],
    ids=["signature", "large sectors", "small sectors", "tables"],
)
def test_headers(at: int, form: str, number: int) -> None:
    """Numbers that no such file has."""
    with pytest.raises(DamagedOleFile):
        OleFile(changed(at, form, number))


def test_a_small_table_that_is_said_to_be_large() -> None:
    """The table of small sectors is not believed either."""
    data = bytearray(changed(64, "<I", 0x7FFFFFF))
    struct.pack_into("<II", data, entry_of("A") + 116, 0, 100)
    with pytest.raises(DamagedOleFile):
        OleFile(bytes(data)).read(["A"])


@given(
    at=st.integers(0, len(FILE) - 4),
    number=st.sampled_from([0, 1, 0xFF, 0xFFFFFFFF, 0x7FFFFFFF, 0xFFFFFFFE]),
    aligned=st.booleans(),
)
def test_damaged(at: int, number: int, *, aligned: bool) -> None:
    """Whatever is written into it, only one error is raised."""
    try:
        file = OleFile(changed(at // 4 * 4 if aligned else at, "<I", number))
        for stream in file.streams:
            file.read(stream)
    except DamagedOleFile:
        pass
