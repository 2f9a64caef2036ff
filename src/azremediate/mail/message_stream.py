"""Searches messages as they come, in several processes, so that fetching and searching go on at the same time."""

import asyncio
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from types import TracebackType
from typing import Self

from azremediate.core.finding import Finding, NotAnalysed
from azremediate.mail.piece_search import PieceResult, SearchSettings, make_analyst, search_message

WORKER_ENDED = "the process that searched this message ended abnormally, twice"


def search_content(key: str, source: str, raw: bytes, case_key: bytes, settings: SearchSettings) -> PieceResult:
    """Everything in one message: a function of its arguments alone."""
    findings: list[Finding] = []
    missed: list[NotAnalysed] = []
    analyst = make_analyst(case_key, settings)
    search_message(raw, source, analyst, settings.limits, findings.append, missed.append)
    return PieceResult(key, tuple(findings), tuple(missed), 1, len(raw))


class MessageStream:
    """Processes that search one message after the other; a context manager."""

    def __init__(
        self,
        case_key: bytes,
        settings: SearchSettings,
        jobs: int,
        search: Callable[[str, str, bytes, bytes, SearchSettings], PieceResult] = search_content,
    ) -> None:
        self._case_key = case_key
        self._settings = settings
        self._jobs = jobs
        self._search = search
        self._pool = self._new_pool(jobs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def search(self, key: str, source: str, raw: bytes) -> PieceResult:
        """What one message holds. A message whose process dies is tried once more, in a process of its own."""
        pool = self._pool
        try:
            return await self._run(pool, key, source, raw)
        except BrokenProcessPool:
            if pool is self._pool:  # the first of those that were under way makes a new one for all
                pool.shutdown(wait=False)
                self._pool = self._new_pool(self._jobs)
        with self._new_pool(1) as alone:
            try:
                return await self._run(alone, key, source, raw)
            except BrokenProcessPool:
                missed = NotAnalysed(source, "", "", WORKER_ENDED, len(raw))
                return PieceResult(key, (), (missed,), 1, len(raw))

    async def _run(self, pool: ProcessPoolExecutor, key: str, source: str, raw: bytes) -> PieceResult:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(pool, self._search, key, source, raw, self._case_key, self._settings)

    @staticmethod
    def _new_pool(jobs: int) -> ProcessPoolExecutor:
        # Ctrl-C reaches the whole group; only the parent answers it, workers end with their message
        stay = signal.signal, (signal.SIGINT, signal.SIG_IGN)
        return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=stay[0], initargs=stay[1])
