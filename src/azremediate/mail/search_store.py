"""Results of pieces on disk while a search goes on, so that a stopped search goes on where it was."""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from azremediate.core.codec import ShapeError, decode, encode
from azremediate.core.finding import Finding, NotAnalysed
from azremediate.mail.piece_search import PieceResult

VERSION = 1


class SearchStore:
    """A folder beside the output with a file for each finished piece; files are for their owner's eyes only.

    subject: what the results depend on beside the piece, such as key and rules; another subject has other results.
    """

    def __init__(self, folder: Path, subject: bytes) -> None:
        self._folder = folder
        self._subject = hashlib.sha256(subject + bytes([VERSION])).hexdigest()[:16]

    def keep(self, result: PieceResult) -> None:
        """Write the result of a piece, whole or not at all."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self._folder / f"{result.key}.tmp"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"messages": result.messages, "size": result.size}, file)
            file.write("\n")
            for kind, items in (("f", result.findings), ("m", result.missed)):
                for item in items:
                    file.write(kind + json.dumps(encode(item), separators=(",", ":")) + "\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path(result.key))

    def has(self, key: str) -> bool:
        """Whether a piece is finished."""
        return self._path(key).exists()

    def read(self, key: str) -> PieceResult:
        """The result of a finished piece; raises `ValueError` when the file is damaged."""
        with self._path(key).open(encoding="utf-8") as file:
            counts = json.loads(file.readline())
            findings, missed = [], []
            for line in file:
                if line[:1] == "f":
                    findings.append(decode(Finding, json.loads(line[1:])))
                else:
                    missed.append(decode(NotAnalysed, json.loads(line[1:])))
        return PieceResult(key, tuple(findings), tuple(missed), int(counts["messages"]), int(counts["size"]))

    def results(self, keys: Sequence[str]) -> Iterator[PieceResult]:
        """The results of pieces in their order, one at a time."""
        for key in keys:
            yield self.read(key)

    def usable(self, key: str) -> bool:
        """Whether a piece is finished and its file can be read."""
        if not self.has(key):
            return False
        try:
            self.read(key)
        except (ValueError, ShapeError, KeyError, TypeError):
            return False
        return True

    def clear(self) -> None:
        """Remove the files of this store, and the folder when nothing else is in it."""
        if not self._folder.is_dir():
            return
        for file in self._folder.iterdir():
            if file.suffix in (".tmp", ".part"):
                file.unlink()
        if not any(self._folder.iterdir()):
            self._folder.rmdir()

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}-{self._subject}.part"
