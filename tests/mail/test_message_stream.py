"""Messages searched as they come: the same findings as from a file, and a process that dies loses one message."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from azremediate.mail.message_stream import WORKER_ENDED, MessageStream, search_content
from azremediate.mail.piece_search import PieceResult, SearchSettings
from azremediate.mail.search_run import search_here
from azremediate.mail.source import find_sources
from tests.mail.mail_files import a_mail, a_secret

KEY = b"k" * 32
SETTINGS = SearchSettings(engine="re")


async def _all(raws: list[bytes]) -> list[PieceResult]:
    with MessageStream(KEY, SETTINGS, 2) as stream:
        return await asyncio.gather(*(stream.search(f"key-{at}", "mailbox:a@x", raw) for at, raw in enumerate(raws)))


async def test_the_same_findings_as_in_a_file(tmp_path: Path) -> None:
    """A message of a mailbox has the findings that its file has, and the value is in none."""
    secret = a_secret()
    raw = a_mail(f"the secret is {secret} \n", 1)
    (tmp_path / "a.eml").write_bytes(raw)
    (result,) = await _all([raw])
    (of_file,) = search_here(find_sources([tmp_path / "a.eml"], tmp_path).pieces, KEY, SETTINGS)
    assert [one.finding_id for one in result.findings] == [one.finding_id for one in of_file.findings] != []
    assert (result.key, result.messages, result.size) == ("key-0", 1, len(raw))
    assert {one.source for one in result.findings} == {"mailbox:a@x"}
    assert secret not in repr(result)


def deadly(key: str, source: str, raw: bytes, case_key: bytes, settings: SearchSettings) -> PieceResult:
    """Ends its process at one message."""
    if b"deadly" in raw:
        os.kill(os.getpid(), signal.SIGKILL)
    return search_content(key, source, raw, case_key, settings)


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is not there")
async def test_a_process_that_dies() -> None:
    """The message that ends its process is listed, all others are searched."""
    raws = [a_mail(f"the secret is {a_secret()} \n", at) for at in range(6)]
    raws[2] = a_mail("deadly \n", 2)
    with MessageStream(KEY, SETTINGS, 2, deadly) as stream:
        results = await asyncio.gather(*(stream.search(str(at), "mailbox:a@x", raw) for at, raw in enumerate(raws)))
    assert [one.reason for result in results for one in result.missed] == [WORKER_ENDED]
    assert [len(result.findings) for result in results] == [1, 1, 0, 1, 1, 1]


def naming(key: str, source: str, raw: bytes, case_key: bytes, settings: SearchSettings) -> PieceResult:
    """Says as the size in which process it ran; ends it at one message."""
    if b"deadly" in raw:
        os.kill(os.getpid(), signal.SIGKILL)
    return PieceResult(key, (), (), 1, os.getpid())


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is not there")
async def test_processes_are_made_anew() -> None:
    """After a process died the messages that follow share one again."""
    with MessageStream(KEY, SETTINGS, 1, naming) as stream:
        await stream.search("0", "mailbox:a@x", b"deadly")
        processes = {(await stream.search(str(at), "mailbox:a@x", b"harmless")).size for at in range(3)}
    assert len(processes) == 1
