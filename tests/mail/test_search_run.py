"""Pieces in one process, in several and on a cluster: the same results, and a process that dies loses one piece."""

import os
import signal
from pathlib import Path

import pytest

from azremediate.mail.piece_search import PieceResult, SearchSettings, search_piece
from azremediate.mail.search_run import WORKER_ENDED, search_here, search_in_processes, search_on_cluster
from azremediate.mail.source import Piece, find_sources
from tests.mail.mail_files import a_mail, a_secret, write_mbox

KEY = b"k" * 32
SETTINGS = SearchSettings(engine="re")


def the_pieces(tmp_path: Path) -> list[Piece]:
    """An mbox of twelve messages with a secret each, in small ranges."""
    mails = [a_mail(f"the secret is {a_secret()} \n", number) for number in range(12)]
    return find_sources([write_mbox(tmp_path / "a.mbox", mails)], tmp_path, range_size=600).pieces


def by_key(results: list[PieceResult]) -> list[PieceResult]:
    """In an order that does not depend on who was first."""
    return sorted(results, key=lambda one: one.key)


def test_processes_find_the_same(tmp_path: Path) -> None:
    """Two processes find what one finds."""
    pieces = the_pieces(tmp_path)
    alone = list(search_here(pieces, KEY, SETTINGS))
    assert sum(len(one.findings) for one in alone) == 12
    assert by_key(list(search_in_processes(pieces, KEY, SETTINGS, 2))) == by_key(alone)


def deadly(piece: Piece, case_key: bytes, settings: SearchSettings) -> PieceResult:
    """Ends its process at the first piece of a file."""
    if piece.start == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return search_piece(piece, case_key, settings)


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is not there")
def test_a_process_that_dies(tmp_path: Path) -> None:
    """The piece that ends its process is listed, all others are searched."""
    pieces = the_pieces(tmp_path)
    results = list(search_in_processes(pieces, KEY, SETTINGS, 2, deadly))
    assert {one.key for one in results} == {piece.key for piece in pieces}
    assert [missed.reason for one in results for missed in one.missed] == [WORKER_ENDED]
    others = [piece for piece in pieces if piece.start]
    assert by_key([one for one in results if not one.missed]) == by_key(list(search_here(others, KEY, SETTINGS)))


@pytest.mark.filterwarnings("ignore")
def test_cluster(tmp_path: Path) -> None:
    """Two workers of a Dask cluster find what one process finds."""
    distributed = pytest.importorskip("distributed")
    pieces = the_pieces(tmp_path)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        found = list(search_on_cluster(pieces, KEY, SETTINGS, cluster.scheduler_address))
    assert by_key(found) == by_key(list(search_here(pieces, KEY, SETTINGS)))
