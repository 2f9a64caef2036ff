"""Properties and attachments in the storages of an Outlook .msg (MS-OXMSG)."""

from collections import defaultdict

from azremediate.mail.ole_file import OleFile

_TEXT, _TEXT_8, _BINARY = "001F", "001E", "0102"
_ATTACHMENT = "__attach_version1.0_#"
_FIXED = "__properties_version1.0"
WITHIN = "__substg1.0_3701000D"
"""The storage of an attachment that is a message, or an object of another program."""


class PropertyStorage:
    """A .msg that is open. A path of a storage ends in a slash. Raises DamagedOleFile, as its methods do."""

    def __init__(self, data: bytes) -> None:
        self._file = OleFile(data)
        self._attachments: dict[str, list[str]] = defaultdict(list)
        storages, streams = self._file.storages, self._file.streams
        self.is_message = any(entry[0].startswith((_FIXED, "__substg1.0_")) for entry in [*storages, *streams])
        self.has_objects = any(
            entry[-1] == WITHIN and not self.has_message("".join(f"{name}/" for name in entry)) for entry in storages
        )
        for entry in storages:
            if entry[-1].startswith(_ATTACHMENT):
                self._attachments["".join(f"{name}/" for name in entry[:-1])].append(entry[-1] + "/")

    def attachments(self, root: str) -> list[str]:
        """Paths of the attachments of the message in this storage, in their order."""
        return [root + name for name in sorted(self._attachments[root])]

    def has_message(self, root: str) -> bool:
        """Whether a message stands in this storage."""
        return self._file.has(root + _FIXED)

    def fixed(self, root: str) -> bytes:
        """The properties of fixed size, none when there are none."""
        return self._stream(root + _FIXED)

    def binary(self, root: str, number: str) -> bytes:
        """The bytes of a property by its number in hexadecimal."""
        return self._stream(f"{root}__substg1.0_{number}{_BINARY}")

    def text(self, root: str, number: str) -> str:
        """The text of a property by its number in hexadecimal."""
        if wide := self._stream(f"{root}__substg1.0_{number}{_TEXT}"):
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        return self._stream(f"{root}__substg1.0_{number}{_TEXT_8}").decode("cp1252", "replace").rstrip("\0")

    def _stream(self, path: str) -> bytes:
        return self._file.read(path) if self._file.has(path) else b""
