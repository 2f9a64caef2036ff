"""Tells checkpoints to places beyond this state directory, so that whoever rewrites it later is contradicted."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

from azremediate.core.clock import Clock
from azremediate.core.config import Anchor, AnchorKind
from azremediate.core.errors import IntegrityBroken
from azremediate.journal import audit_file
from azremediate.journal.checkpoint_file import one_line, stored
from azremediate.journal.signed_note import SignedNote
from azremediate.journal.syslog import send_syslog, syslog_message

Notice: TypeAlias = Callable[[Anchor, str], Awaitable[bool]]
"""Called when an anchor fails, with the reason, and when it works again, with an empty one; whether it was recorded."""


class Anchors:
    """The places to tell; standard output is left to whoever prints the result.

    An anchor that fails stops nothing: `failing` says why, and it is tried again with the next checkpoint. Of several
    checkpoints that wait at once only the newest is told, because it stands for all before it.
    """

    def __init__(self, anchors: tuple[Anchor, ...], clock: Clock) -> None:
        self._anchors = tuple(anchor for anchor in anchors if anchor.kind is not AnchorKind.STDOUT)
        self._clock = clock
        self._newest: dict[str, SignedNote] = {}
        self._told: dict[tuple[Anchor, str], SignedNote] = {}
        self._arrived = asyncio.Event()
        self._noticed: dict[Anchor, str] = {}
        self.failing: dict[Anchor, str] = {}

    def learn(self, note: SignedNote) -> None:
        """There is a new checkpoint; to be called in the event loop."""
        self._newest[note.text.split("\n", 1)[0]] = note
        self._arrived.set()

    def try_again(self) -> None:
        """Tell whatever is not told yet; to be called in the event loop."""
        self._arrived.set()

    async def keep_telling(self, notice: Notice) -> None:
        """Tell each checkpoint soon after it was signed, until cancelled."""
        while self._anchors:
            await self._arrived.wait()
            self._arrived.clear()
            await self.tell(notice)

    async def tell(self, notice: Notice) -> None:
        """Tell the newest checkpoint of each chain to every anchor that does not have it yet."""
        for anchor in self._anchors:
            for origin, note in list(self._newest.items()):
                if self._told.get((anchor, origin)) is not note:
                    why = await self._told_now(anchor, note)
                    if not why:
                        self._told[(anchor, origin)] = note
                    await self._notice(anchor, why, notice)

    async def _told_now(self, anchor: Anchor, note: SignedNote) -> str:
        try:
            if anchor.kind is AnchorKind.FILE:
                await asyncio.to_thread(_append, Path(anchor.place), stored(note))
            else:
                message = syslog_message(self._clock.now(), "checkpoint", one_line(note))
                await send_syslog(anchor.place, message)
        except TimeoutError:
            return "no answer in time"
        except OSError as error:
            return error.strerror or type(error).__name__
        except IntegrityBroken as error:
            return error.message
        return ""

    async def _notice(self, anchor: Anchor, why: str, notice: Notice) -> None:
        """Say it when an anchor begins to fail or works again, not each time."""
        self.failing.pop(anchor, "")
        if why:
            self.failing[anchor] = why
        before = self._noticed.get(anchor, "")
        if bool(why) is not bool(before):
            # known before it is written: called off while that goes on, it would be written once more
            self._noticed[anchor] = why
            if not await notice(anchor, why):
                self._noticed[anchor] = before


def _append(file: Path, content: bytes) -> None:
    audit_file.append(file, audit_file.size_of(file), content)
