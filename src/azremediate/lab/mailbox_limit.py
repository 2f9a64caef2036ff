"""How many requests of one application a mailbox serves at a time, and the refusal of the next one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from azremediate.lab.disturbance import status_answer
from azremediate.lab.exchange import Answer

CONCURRENT: Final = 4
"""Requests at a time for each application and mailbox. Source: Graph's throttling limits, Outlook service."""

_MAIL: Final = re.compile(
    r"^(?:/(?:v1\.0|beta))?/users/(?P<mailbox>[^/]+)/(?:messages|mailFolders)(?:/|$)", re.IGNORECASE
)


def mailbox_of(path: str) -> str:
    """The mailbox that a path reads, empty for a path that reads none; the version may be missing."""
    found = _MAIL.match(path)
    return found["mailbox"].casefold() if found else ""


class MailboxLimit:
    """Counts the requests under way; `most` is the highest number at one mailbox so far."""

    def __init__(self) -> None:
        self._under_way: Counter[tuple[str, str]] = Counter()
        self.most = 0

    @contextmanager
    def place(self, app_id: str, path: str) -> Iterator[Answer | None]:
        """A place at the path's mailbox, or the refusal to send."""
        mailbox = mailbox_of(path)
        if not mailbox:
            yield None
            return
        key = (app_id, mailbox)
        self._under_way[key] += 1
        self.most = max(self.most, self._under_way[key])
        try:
            full = self._under_way[key] > CONCURRENT
            yield status_answer("graph", 429, code="ApplicationThrottled", retry_after="1") if full else None
        finally:
            self._under_way[key] -= 1
