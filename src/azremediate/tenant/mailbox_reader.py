"""Reads mailboxes through Microsoft Graph: lists of messages by date or Message-ID, and messages as MIME."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final
from urllib.parse import quote

from azremediate.core.clock import Clock
from azremediate.core.errors import RequestRefused, ServiceFailing, TenantError
from azremediate.core.events import Listener
from azremediate.core.json_value import JsonObject, object_of, objects_at, text_at
from azremediate.core.mailbox import MailHead, usable_name
from azremediate.core.ports import Read, Version
from azremediate.tenant.addresses import prefix_of, relative_url
from azremediate.tenant.answers import Answer, Passing, Unanswered, Unsent, not_sent, read_error
from azremediate.tenant.bodies import Unreadable, parse_object
from azremediate.tenant.connection import Connection
from azremediate.tenant.graph import error_code
from azremediate.tenant.mailbox_gate import MailboxGate
from azremediate.tenant.pager import MAX_PAGES, checked_link, follow
from azremediate.tenant.retry import ReadRetry, retry_after

PAGE: Final = 500
_SELECT: Final = "id,internetMessageId,receivedDateTime,from,sender,toRecipients,ccRecipients,bccRecipients"
_JSON: Final = {"prefer": 'IdType="ImmutableId"'}
# the answer to $value is text/plain, whatever is in the message
_MIME: Final = {**_JSON, "accept": "text/plain, application/json"}


class GraphMailReader:
    """The reads of `core.mailbox.MailReader`; longest: in seconds, how long the service may ask to wait."""

    def __init__(
        self, connection: Connection, retry: ReadRetry, clock: Clock, listener: Listener, longest: float
    ) -> None:
        self._connection = connection
        self._retry = retry
        self._clock = clock
        self._listener = listener
        self._longest = longest
        self._prefix = prefix_of(connection.base, Version.V1)
        self._gates: dict[str, MailboxGate] = {}

    async def heads(self, mailbox: str, since: str = "", until: str = "") -> AsyncIterator[Sequence[MailHead]]:
        """See `MailReader.heads`.

        Each page begins where the one before ended in time, because a next page's link counts messages: one that is
        deleted meanwhile would let another be missed. Only where a whole page is of one moment is the link followed.
        """
        seen: set[str] = set()
        cursor = since
        for _ in range(MAX_PAGES):
            page = await self._page(mailbox, self._list_url(mailbox, cursor, until))
            heads = [_head(row) for row in objects_at(page, "value")]
            if fresh := [head for head in heads if head.id not in seen]:
                yield fresh
            link = page.get("@odata.nextLink")
            if link is None:
                return
            last = heads[-1].received if heads else ""
            if last <= cursor:
                seen |= {head.id for head in heads}
                async for rest in self._linked(mailbox, link, seen):
                    yield rest
                return
            cursor, seen = last, {head.id for head in heads if head.received == last}
        raise ServiceFailing(f"the mailbox has more than {MAX_PAGES} pages of messages")

    async def by_message_id(self, mailbox: str, message_id: str) -> Sequence[MailHead]:
        """See `MailReader.by_message_id`."""
        text = message_id.replace("'", "''")
        query = {"$filter": f"internetMessageId eq '<{text}>'", "$select": _SELECT, "$top": "10"}
        page = await self._page(mailbox, self._prefix + relative_url(Read(_messages(mailbox), query)))
        return [_head(row) for row in objects_at(page, "value")]

    async def mime(self, mailbox: str, message: str) -> bytes:
        """See `MailReader.mime`."""
        path = f"{_messages(mailbox)}/{quote(message, safe='')}/$value"
        answer = await self._answer(mailbox, self._prefix + relative_url(Read(path)), _MIME)
        return answer.body

    def _list_url(self, mailbox: str, since: str, until: str) -> str:
        bounds = [f"receivedDateTime {word} {time}" for word, time in (("ge", since), ("lt", until)) if time]
        query = {"$filter": " and ".join(bounds)} if bounds else {}
        query |= {"$orderby": "receivedDateTime asc", "$select": _SELECT, "$top": str(PAGE)}
        return self._prefix + relative_url(Read(_messages(mailbox), query))

    async def _linked(self, mailbox: str, link: object, seen: set[str]) -> AsyncIterator[Sequence[MailHead]]:
        async def fetch(url: str) -> JsonObject:
            return await self._page(mailbox, url)

        async for page in follow(fetch, checked_link(link, self._prefix), self._prefix):
            heads = [_head(row) for row in page]
            if fresh := [head for head in heads if head.id not in seen]:
                seen |= {head.id for head in fresh}
                yield fresh

    async def _page(self, mailbox: str, url: str) -> JsonObject:
        answer = await self._answer(mailbox, url, _JSON)
        problem = ""
        try:
            return parse_object(answer.body, answer.content_type)
        except Unreadable as error:
            problem = str(error)
        raise ServiceFailing(f"the list of messages: {problem}")

    async def _answer(self, mailbox: str, url: str, headers: Mapping[str, str]) -> Answer:
        gate = self._gates.setdefault(mailbox.casefold(), MailboxGate(self._clock, self._listener, self._longest))

        async def attempt() -> Answer:
            async with gate.place():
                return await self._once(gate, url, headers)

        return await self._retry.run(attempt)

    async def _once(self, gate: MailboxGate, url: str, headers: Mapping[str, str]) -> Answer:
        problem: TenantError
        try:
            answer = await self._connection.send("GET", url, headers=headers)
            if answer.status == 200:
                return answer
            asked = retry_after(answer.headers.get("retry-after"), self._clock.now() + self._connection.skew)
            if answer.status == 429 and asked is not None:
                gate.throttled(asked)
            error = read_error(answer.status, error_code(answer), answer.request_id, "reading mail", asked)
            raise error or ServiceFailing(f"reading mail: unexpected status {answer.status}", status=answer.status)
        except Unsent as error:
            problem = not_sent(str(error))
        except Unanswered as error:
            problem = Passing(f"reading mail: {error}")
        except Unreadable as error:
            problem = ServiceFailing(f"reading mail: {error}")
        raise problem


def _messages(mailbox: str) -> str:
    if not usable_name(mailbox):
        raise RequestRefused("the mailbox's name is not usable; nothing was sent")
    return f"/users/{quote(mailbox, safe='')}/messages"


def _head(row: JsonObject) -> MailHead:
    message = text_at(row, "id")
    if not message:
        raise ServiceFailing("the list of messages has one without an id")
    senders = [_address(row.get(name)) for name in ("from", "sender")]
    recipients = [
        _address(one) for name in ("toRecipients", "ccRecipients", "bccRecipients") for one in objects_at(row, name)
    ]
    return MailHead(
        message,
        text_at(row, "internetMessageId").strip().removeprefix("<").removesuffix(">"),
        text_at(row, "receivedDateTime"),
        tuple(dict.fromkeys(filter(None, senders))),
        tuple(dict.fromkeys(filter(None, recipients))),
    )


def _address(recipient: object) -> str:
    if not isinstance(recipient, Mapping):
        return ""
    return text_at(object_of(recipient.get("emailAddress") or {}, "an address"), "address").strip().lower()
