"""Writes to Microsoft Graph: each at most once, under an intent, and with an outcome that is never guessed."""

import re
from collections.abc import Callable
from typing import Final

from azremediate.core.errors import RequestRefused, TenantError
from azremediate.core.ports import Version
from azremediate.core.write import Intent, Receipt, Write
from azremediate.tenant.addresses import checked_path, prefix_of
from azremediate.tenant.answers import Answer, Unanswered, Unsent, not_sent, unknown
from azremediate.tenant.bodies import Unreadable, encode_body
from azremediate.tenant.connection import Connection
from azremediate.tenant.governor import Governor
from azremediate.tenant.graph import GraphReader
from azremediate.tenant.quota import cost_of
from azremediate.tenant.receipts import receipt_of

_METHODS: Final = frozenset({"POST", "PATCH", "PUT", "DELETE"})


_USED: Final = re.compile(r"[0-9](\.[0-9]{1,9})?")


def used_share(answer: Answer) -> float:
    """Which share of a quota the service says is used, which it says from 0.8 on; else 0.0.

    Source: https://learn.microsoft.com/graph/throttling-limits (identity and access, response headers)
    """
    said = answer.headers.get("x-ms-throttle-limit-percentage", "")
    return float(said) if _USED.fullmatch(said) else 0.0


class GraphWriter:
    """The write of `core.ports.TenantWriter`.

    redeem: takes an intent back, once; raises `IntegrityBroken` for anything but a committed, unused one. It is called
    immediately before the request is sent.
    """

    def __init__(
        self, connection: Connection, governor: Governor, reader: GraphReader, redeem: Callable[[Intent], None]
    ) -> None:
        self._connection = connection
        self._governor = governor
        self._reader = reader
        self._redeem = redeem

    async def write(self, write: Write, intent: Intent) -> Receipt:
        """Send a write at most once; see `TenantWriter.write`."""
        if write.method not in _METHODS:
            raise RequestRefused(f"{write.method} is not a write; nothing was sent")
        url = prefix_of(self._connection.base, Version.V1) + checked_path(write.path)
        cost = cost_of(write.method, write.path)
        async with self._governor.writing(cost, write.object_id):
            answer = await self._send(write, url, intent)
        asked = self._reader.seconds_asked(answer.headers.get("retry-after"))
        if answer.status == 429 and asked is not None:
            self._governor.throttled(cost.workload, asked)
        if answer.status == 429:
            self._governor.refused_write(cost, asked or 0.0)
        elif answer.status < 300:
            self._governor.took_write(cost, used_share(answer))
        return receipt_of(write, f"{write.method} {write.path}", answer, asked)

    async def _send(self, write: Write, url: str, intent: Intent) -> Answer:
        what = f"{write.method} {write.path}"
        problem: TenantError
        try:
            return await self._connection.send(
                write.method,
                url,
                make_body=lambda: encode_body(write.body),
                before=lambda: self._redeem(intent),
                client_request_id=intent.client_request_id,
            )
        except Unsent as error:
            problem = not_sent(str(error))
        except (Unanswered, Unreadable) as error:
            problem = unknown(str(error), what)
        raise problem
