"""What is said of an anchor that fails or works again."""

import asyncio
from pathlib import Path

import pytest

from azremediate.core.config import Anchor, AnchorKind
from azremediate.journal.anchors import Anchors
from azremediate.journal.signed_note import SignedNote
from tests.journal.signed_stage import ManualClock


@pytest.mark.parametrize("works", [True, False], ids=["works again", "fails"])
async def test_called_off_while_it_is_recorded(tmp_path: Path, works: bool) -> None:
    """The record is being written when the journal is closed: the last telling does not record it once more."""
    folder = tmp_path / "a file"
    anchors = Anchors((Anchor(AnchorKind.FILE, str(folder / "checkpoints.txt")),), ManualClock())
    said: list[str] = []
    writing = asyncio.Event()

    async def notice(_anchor: Anchor, why: str) -> bool:
        said.append("failed" if why else "restored")
        return True

    async def slow(anchor: Anchor, why: str) -> bool:
        await notice(anchor, why)
        writing.set()
        await asyncio.Event().wait()
        return True

    folder.write_bytes(b"")
    if works:
        anchors.learn(_note(1))
        await anchors.tell(notice)
        folder.unlink()
    anchors.learn(_note(2))
    telling = asyncio.create_task(anchors.tell(slow))
    await writing.wait()
    telling.cancel()
    await asyncio.wait([telling])
    anchors.learn(_note(3))
    await anchors.tell(notice)
    assert said == (["failed", "restored"] if works else ["failed"])


async def test_nobody_to_tell(tmp_path: Path) -> None:
    """While no run is there to record it in, it stays to be said."""
    (tmp_path / "a file").write_bytes(b"")
    anchors = Anchors((Anchor(AnchorKind.FILE, str(tmp_path / "a file" / "checkpoints.txt")),), ManualClock())
    answers = [False, True, True]
    asked: list[str] = []

    async def notice(_anchor: Anchor, why: str) -> bool:
        asked.append(why)
        return answers.pop(0)

    for size in (1, 2, 3):
        anchors.learn(_note(size))
        await anchors.tell(notice)
    assert len(asked) == 2


def _note(size: int) -> SignedNote:
    return SignedNote(f"azremediate/a-log\n{size}\nroot\n", ())
