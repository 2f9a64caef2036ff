"""Searches mail for secrets: runs the search, goes on where it was stopped, writes what was found."""

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from azremediate.cli.case_key import case_key
from azremediate.cli.output import Output, json_text
from azremediate.cli.whole_file import write_lines
from azremediate.core.codec import encode
from azremediate.core.errors import FeatureMissing, InputInvalid
from azremediate.core.events import Listener, Progressed
from azremediate.core.finding import NotAnalysed, Tier
from azremediate.core.json_value import JsonObject
from azremediate.mail.piece_search import PieceResult, SearchSettings
from azremediate.mail.search_run import search_here, search_in_processes, search_on_cluster
from azremediate.mail.search_store import SearchStore
from azremediate.mail.source import Piece, find_sources
from azremediate.mail.text_search import TextSearch
from azremediate.report.scan_text import ScanSummary

_HASHED = 1 << 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says."""

    sources: tuple[Path, ...]
    output: Path
    case_key: Path | None = None
    jobs: int = 0
    scheduler: str = ""
    engine: str = "auto"
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Scanned:
    """What was found, counted; the findings themselves are in the files."""

    summary: ScanSummary
    sources: tuple[JsonObject, ...]
    output: Path
    unanalysed: Path


@dataclass(frozen=True, slots=True)
class Searching:
    """What a source beside files needs to have its messages searched and their results kept."""

    store: SearchStore
    case_key: bytes = field(repr=False)
    settings: SearchSettings
    jobs: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came from a source beside files: keys of the store's results in their order, and what was not to be had."""

    keys: tuple[str, ...] = ()
    missed: tuple[NotAnalysed, ...] = ()
    sources: tuple[JsonObject, ...] = ()


def scan_files(
    asked: Asked,
    shown: Output,
    now: Callable[[], float] = time.monotonic,
    fetch: Callable[[Searching], Fetched] = lambda _: Fetched(),
) -> Scanned:
    """Search files; raises `InputInvalid` for what cannot be a source, `FeatureMissing` when an extra is missing.

    fetch: called once before the files, for messages from elsewhere.
    """
    _refuse_missing(asked)
    engine = _engine(asked.engine)
    key = case_key(asked.case_key, asked.output)
    with tempfile.TemporaryDirectory(prefix="azremediate-scan-") as scratch:
        sources = find_sources(asked.sources, Path(scratch))
        store = SearchStore(_parts_folder(asked.output), key + engine.encode())
        if asked.fresh:
            store.clear()
        settings = SearchSettings(engine=asked.engine)
        fetched = fetch(Searching(store, key, settings, asked.jobs or os.cpu_count() or 1))
        with shown.progress() as listener:
            progress = _Progress(listener, sources.size, now)
            left = []
            for piece in sources.pieces:
                if store.usable(piece.key):
                    progress.resumed(piece.size)
                else:
                    left.append(piece)
            sizes = {piece.key: piece.size for piece in left}
            for result in _search(left, key, settings, asked):
                store.keep(result)
                progress.ended(sizes[result.key], len(result.findings))
            hashes = tuple(_hashes(asked.sources, listener))
        keys = [*(piece.key for piece in sources.pieces), *fetched.keys]
        summary = _write(asked.output, keys, [*sources.missed, *fetched.missed], store)
    summary.engine = engine
    store.clear()
    return Scanned(summary, (*hashes, *fetched.sources), asked.output, unanalysed_file(asked.output))


def _refuse_missing(asked: Asked) -> None:
    for path in asked.sources:
        if not path.exists():
            raise InputInvalid(
                "does not exist", file=str(path), hint="name an mbox, .eml, .msg, .zip, .pst or a folder"
            )
        if path.suffix == ".jsonl":
            hint = "plan takes it: azremediate plan PLAYBOOK --findings FILE"
            raise InputInvalid("is a file of findings, not of mail", file=str(path), hint=hint)
    if asked.output.is_dir():
        raise InputInvalid("is a folder, the findings need a file", file=str(asked.output), hint="-o findings.jsonl")


def _engine(wanted: str) -> str:
    try:
        return TextSearch(wanted).engine
    except ModuleNotFoundError:
        hint = "pip install 'azremediate[fast]', or --engine re"
        raise FeatureMissing("the engine hyperscan is not installed", hint=hint) from None


def _search(pieces: Sequence[Piece], key: bytes, settings: SearchSettings, asked: Asked) -> Iterator[PieceResult]:
    if asked.scheduler:
        try:
            yield from search_on_cluster(pieces, key, settings, asked.scheduler)
        except ModuleNotFoundError:
            hint = "pip install 'azremediate[cluster]' here and on the workers"
            raise FeatureMissing("--scheduler needs Dask", hint=hint) from None
        except OSError:
            hint = "check the address, e.g. tcp://host:8786, and that the scheduler runs"
            raise InputInvalid(f"the scheduler {asked.scheduler} cannot be reached", hint=hint) from None
        return
    jobs = min(asked.jobs or os.cpu_count() or 1, max(1, len(pieces)))
    if jobs == 1:
        yield from search_here(pieces, key, settings)
    else:
        yield from search_in_processes(pieces, key, settings, jobs)


def unanalysed_file(output: Path) -> Path:
    """Where the list of what was not analysed stands."""
    return output.with_name(f"{output.stem}.unanalysed.jsonl")


def _parts_folder(output: Path) -> Path:
    return output.with_name(f"{output.name}.parts")


def _write(output: Path, keys: Sequence[str], unread: Sequence[NotAnalysed], store: SearchStore) -> ScanSummary:
    """Both files, whole, in the order of the sources; nothing is held as a whole."""
    summary = ScanSummary()

    def findings() -> Iterator[str]:
        for result in store.results(keys):
            summary.messages += result.messages
            summary.size += result.size
            for finding in result.findings:
                summary.find(finding)
                yield json_text(encode(finding))

    def missed() -> Iterator[str]:
        for one in (*unread, *(one for result in store.results(keys) for one in result.missed)):
            summary.miss(one)
            yield json_text(encode(one))

    write_lines(output, findings(), "the findings")
    write_lines(unanalysed_file(output), missed(), "the list of what was not analysed")
    return summary


def _hashes(paths: Sequence[Path], listener: Listener) -> Iterator[JsonObject]:
    """SHA-256 of each named file, and of the names and hashes of a folder's files."""
    for number, path in enumerate(paths):
        listener(Progressed("hashing the sources", number, len(paths)))
        if path.is_dir():
            digest, size = hashlib.sha256(), 0
            for file in sorted(one for one in path.rglob("*") if one.is_file() and not one.is_symlink()):
                part, length = _hash(file)
                digest.update(f"{part} {file.relative_to(path).as_posix()}\n".encode("utf-8", "surrogateescape"))
                size += length
            yield {"source": str(path), "sha256": digest.hexdigest(), "bytes": size}
        else:
            whole, size = _hash(path)
            yield {"source": str(path), "sha256": whole, "bytes": size}


def _hash(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while piece := file.read(_HASHED):
                digest.update(piece)
                size += len(piece)
    except OSError:
        return "", 0
    return digest.hexdigest(), size


class _Progress:
    """Says how far the search is, how fast, and how long it still takes."""

    def __init__(self, listener: Listener, total: int, now: Callable[[], float]) -> None:
        self._listener = listener
        self._total = total
        self._now = now
        self._start = now()
        self._done = self._searched = self._found = 0

    def resumed(self, size: int) -> None:
        """A piece that an earlier call searched."""
        self._done += size

    def ended(self, size: int, found: int) -> None:
        """A piece that was searched now."""
        self._done += size
        self._searched += size
        self._found += found
        passed = max(self._now() - self._start, 0.001)
        rate = self._searched / passed
        left = (self._total - self._done) / rate if rate else 0.0
        detail = f"{rate / 1e6:.1f} MB/s, {left:.0f} s left, {self._found} findings"
        self._listener(Progressed("searching mail (MB)", self._done // 1_000_000, self._total // 1_000_000, detail))


def at_or_above(summary: ScanSummary, limit: str) -> bool:
    """Whether there are findings of a tier or a surer one; limit: `T1`, `T2`, `T3`, or `any`, which is T3."""
    wanted = Tier("T3" if limit == "any" else limit)
    return any(summary.tiers[tier] for tier in Tier if tier <= wanted)
