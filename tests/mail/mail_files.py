"""Mail files for tests: an mbox, messages, and an Outlook .msg of a few streams."""

import secrets
import string
import struct
from pathlib import Path

LETTERS = string.ascii_letters + string.digits


def a_secret() -> str:
    """A client secret as Entra ID makes them, of random characters."""
    return (
        "".join(secrets.choice(LETTERS) for _ in range(3)) + "8Q~" + "".join(secrets.choice(LETTERS) for _ in range(34))
    )


def a_mail(body: str, number: int = 1) -> bytes:
    """A raw message."""
    head = f"From: amy@contoso.com\nTo: bob@fabrikam.com\nMessage-ID: <{number}@contoso.com>\nSubject: access\n"
    return f"{head}Date: Mon, 1 Jan 2024 10:00:00 +0000\n\n{body}\n".encode()


def write_mbox(file: Path, mails: list[bytes]) -> Path:
    """An mbox of these messages."""
    separator = b"From amy@contoso.com Mon Jan  1 10:00:00 2024\n"
    file.write_bytes(b"".join(separator + mail + b"\n" for mail in mails))
    return file


def outlook_file(streams: dict[str, bytes]) -> bytes:
    """A compound file (MS-CFB) with these streams, padded to 4096; a path with slashes stands in storages."""
    names = sorted(streams)
    within = {name[:at] for name in names for at, letter in enumerate(name) if letter == "/"}
    entries = ["", *sorted(within), *names]
    sectors: list[bytes] = []
    starts = {}
    for name in names:
        data = streams[name].ljust(4096, b"\0")
        data += bytes(-len(data) % 512)
        starts[name] = (len(sectors), len(streams[name]))
        sectors += [data[at : at + 512] for at in range(0, len(data), 512)]
    chain = []
    for name in names:
        first, count = starts[name][0], max(8, -(-len(streams[name]) // 512))
        chain += [*range(first + 1, first + count), 0xFFFFFFFE]
    directory = [_entry(name, entries, starts) for name in entries]
    directory += [bytes(128)] * (-len(directory) % 4)
    directory_start = len(sectors)
    for at in range(0, len(directory), 4):
        sectors.append(b"".join(directory[at : at + 4]))
        chain.append(len(sectors) if at + 4 < len(directory) else 0xFFFFFFFE)
    table_start = len(sectors)
    tables = -(-(len(chain) + 8) // 128)
    chain += [0xFFFFFFFD] * tables
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(tables * 512, b"\xff")
    counts = (0, tables, directory_start, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6x9I", 0x3E, 3, 0xFFFE, 9, 6, *counts)
    head += struct.pack("<109I", *range(table_start, table_start + tables), *[0xFFFFFFFF] * (109 - tables))
    return head + b"".join(sectors) + table


def _entry(name: str, entries: list[str], starts: dict[str, tuple[int, int]]) -> bytes:
    """One directory entry; brothers form a list by their right links, which readers take as a tree."""
    children = _children(name, entries)
    brothers = _children(name.rpartition("/")[0], entries) if name else []
    after = brothers[brothers.index(name) + 1 :] if name else []
    kind = 5 if not name else 2 if name in starts else 1
    child = entries.index(children[0]) if children else 0xFFFFFFFF
    right = entries.index(after[0]) if after else 0xFFFFFFFF
    start, size = starts.get(name, (0 if kind == 1 else 0xFFFFFFFE, 0))
    text = (name.rpartition("/")[2] or "Root Entry").encode("utf-16-le") + b"\0\0"
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, right, child)
    return head + bytes(36) + struct.pack("<IQ", start, max(size, 4096) if kind == 2 else 0)


def _children(name: str, entries: list[str]) -> list[str]:
    """The paths right below one."""
    return [one for one in entries[1:] if one.rpartition("/")[0] == name]


def wide(text: str) -> bytes:
    """Text as properties of an Outlook message hold it."""
    return text.encode("utf-16-le")
