"""Searches many pieces, in this process, in several, or on a cluster; results go to a store as they come."""

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from azremediate.core.finding import NotAnalysed
from azremediate.mail.piece_search import PieceResult, SearchSettings, search_piece
from azremediate.mail.source import Piece

WORKER_ENDED = "the process that searched this part of the file ended abnormally, twice"
_AHEAD = 4
"""Pieces handed out for each worker, so that a stop loses little and memory stays small."""


def search_here(pieces: Iterable[Piece], case_key: bytes, settings: SearchSettings) -> Iterator[PieceResult]:
    """One piece after the other."""
    for piece in pieces:
        yield search_piece(piece, case_key, settings)


def search_in_processes(
    pieces: Sequence[Piece],
    case_key: bytes,
    settings: SearchSettings,
    jobs: int,
    search: Callable[[Piece, bytes, SearchSettings], PieceResult] = search_piece,
) -> Iterator[PieceResult]:
    """In so many processes, in the order in which they end. A piece whose process dies is tried once more alone."""
    left = list(pieces)
    while left:
        done: set[str] = set()
        try:
            for result in _pooled(left, case_key, settings, jobs, search):
                done.add(result.key)
                yield result
            return
        except BrokenProcessPool:
            left = [piece for piece in left if piece.key not in done]
            suspects, left = left[: jobs * _AHEAD], left[jobs * _AHEAD :]
            for piece in suspects:
                yield _alone(piece, case_key, settings, search)


def _alone(
    piece: Piece,
    case_key: bytes,
    settings: SearchSettings,
    search: Callable[[Piece, bytes, SearchSettings], PieceResult],
) -> PieceResult:
    try:
        (result,) = _pooled([piece], case_key, settings, 1, search)
    except BrokenProcessPool:
        missed = NotAnalysed(piece.label, "", f"bytes {piece.start}-{piece.end}", WORKER_ENDED, piece.size)
        return PieceResult(piece.key, (), (missed,), 0, 0)
    return result


def _pooled(
    pieces: Sequence[Piece],
    case_key: bytes,
    settings: SearchSettings,
    jobs: int,
    search: Callable[[Piece, bytes, SearchSettings], PieceResult],
) -> Iterator[PieceResult]:
    waiting = iter(pieces)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_leave_interrupts) as pool:
        under_way: set[Future[PieceResult]] = set()
        try:
            while True:
                while len(under_way) < jobs * _AHEAD and (piece := next(waiting, None)) is not None:
                    under_way.add(pool.submit(search, piece, case_key, settings))
                if not under_way:
                    return
                ended = next(as_completed(under_way))
                under_way.remove(ended)
                yield ended.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _leave_interrupts() -> None:
    """Ctrl-C is the main process's to handle; it lets what is under way end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def search_on_cluster(
    pieces: Sequence[Piece], case_key: bytes, settings: SearchSettings, scheduler: str
) -> Iterator[PieceResult]:
    """By the workers of a Dask scheduler, which see the same files under the same paths.

    Raises `ModuleNotFoundError` without the extra `cluster`, `OSError` when the scheduler cannot be reached.
    """
    from dask.distributed import Client
    from dask.distributed import as_completed as ended_first

    with Client(scheduler, timeout=30) as client:  # type: ignore[no-untyped-call]  # dask has few types
        futures = client.map(search_piece, pieces, case_key=case_key, settings=settings, pure=False, retries=1)
        for future in ended_first(futures):  # type: ignore[no-untyped-call]  # dask has few types
            yield future.result()
