"""Mailboxes over HTTP: every message once whatever happens between two pages, and no word of a hostile server."""

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from azremediate.core.errors import (
    AzremediateError,
    ObjectMissing,
    PermissionMissing,
    RequestRefused,
    ServiceFailing,
    SignInFailed,
    Throttled,
)
from azremediate.tenant.access import Tenant
from azremediate.tenant.mailbox_gate import CONCURRENT
from tests.tenant.loopback import RESET, Reply, Seen, refusal, reply
from tests.tenant.stage import Stage, everything_in

WHO = "omar@contoso.example"
ROWS = [(f"id-{number}", f"2026-01-{number:02}T00:00:00Z") for number in range(1, 8)]


def _row(one: tuple[str, str]) -> dict[str, object]:
    address = {"emailAddress": {"name": "x", "address": "Omar@Contoso.example"}}
    row = {"id": one[0], "internetMessageId": f"<{one[0]}@x>", "receivedDateTime": one[1]}
    return row | {"from": address, "toRecipients": [address], "ccRecipients": None}


class Mailbox:
    """A mailbox in pages of two whose next link counts messages; `between` is called after each page."""

    def __init__(self, rows: list[tuple[str, str]], between: Callable[[], None] = lambda: None) -> None:
        self.rows = rows
        self.between = between
        self.base = ""

    def __call__(self, seen: Seen) -> Reply:
        """One page."""
        query = parse_qs(urlsplit(seen.target).query)
        since = query.get("$filter", ["ge "])[0].partition("ge ")[2].partition(" ")[0]
        skip = int(query.get("$skip", ["0"])[0])
        found = sorted(row for row in self.rows if row[1] >= since)
        page = found[skip : skip + 2]
        link = {"@odata.nextLink": f"{self.base}{_with_skip(seen.target, skip + 2)}"} if found[skip + 2 :] else {}
        self.between()
        return reply(200, {"value": [_row(row) for row in page], **link})


def _with_skip(target: str, skip: int) -> str:
    return f"{target.partition('&$skip=')[0]}&$skip={skip}"


async def _all(tenant: Tenant, since: str = "", until: str = "") -> list[str]:
    return [head.id async for page in tenant.mail.heads(WHO, since, until) for head in page]


async def test_every_message_once(stage: Stage, tenant: Tenant) -> None:
    """The pages together are the mailbox; the header asks for ids that stay."""
    stage.graph.script = Mailbox(ROWS)
    stage.graph.script.base = stage.graph.base
    assert await _all(tenant) == [row[0] for row in ROWS]
    assert {seen.headers["prefer"] for seen in stage.graph.seen} == {'IdType="ImmutableId"'}
    assert "$skip" not in "".join(seen.target for seen in stage.graph.seen)


async def test_a_deleted_message_hides_no_other(stage: Stage, tenant: Tenant) -> None:
    """When a message of an earlier page is deleted, those behind it move up, and none is missed."""
    mailbox = Mailbox(list(ROWS))
    mailbox.base = stage.graph.base
    removed: list[str] = []

    def between() -> None:
        if not removed:
            removed.append(mailbox.rows.pop(0)[0])

    mailbox.between = between
    stage.graph.script = mailbox
    assert await _all(tenant) == [row[0] for row in ROWS]
    assert removed == ["id-1"]


async def test_a_page_of_one_moment(stage: Stage, tenant: Tenant) -> None:
    """More messages of one second than a page holds: the link is followed, and each comes once."""
    rows = [
        ROWS[0],
        *((f"same-{number}", "2026-02-01T00:00:00Z") for number in range(5)),
        ("z", "2026-03-01T00:00:00Z"),
    ]
    stage.graph.script = Mailbox(rows)
    stage.graph.script.base = stage.graph.base
    assert await _all(tenant) == [row[0] for row in rows]


async def test_bounds_go_to_the_service(stage: Stage, tenant: Tenant) -> None:
    """Dates are filtered by Graph, sorted as they are filtered."""
    stage.graph.script = lambda _: reply(200, {"value": []})
    assert await _all(tenant, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z") == []
    query = parse_qs(urlsplit(stage.graph.seen[0].target).query)
    wanted = "receivedDateTime ge 2026-01-01T00:00:00Z and receivedDateTime lt 2026-02-01T00:00:00Z"
    assert (query["$filter"], query["$orderby"]) == ([wanted], ["receivedDateTime asc"])


async def test_by_message_id(stage: Stage, tenant: Tenant) -> None:
    """The id goes in quoted; a quote in it cannot end the filter."""
    stage.graph.script = lambda _: reply(200, {"value": [_row(ROWS[0])]})
    (head,) = await tenant.mail.by_message_id(WHO, "a' or 1 eq 1@x")
    assert (head.message_id, head.senders, head.recipients) == (
        "id-1@x",
        ("omar@contoso.example",),
        ("omar@contoso.example",),
    )
    assert "internetMessageId eq '<a'' or 1 eq 1@x>'" in unquote(stage.graph.seen[0].target)


async def test_mime_is_bytes(stage: Stage, tenant: Tenant) -> None:
    """The message comes as it is, whatever is in it and whatever its id looks like."""
    raw = b"Subject: \xff\x00\r\n\r\n{}"
    stage.graph.script = lambda _: Reply(200, raw, {"content-type": "text/plain"})
    assert await tenant.mail.mime(WHO, "AAk/+=") == raw
    assert stage.graph.seen[0].path.endswith("/messages/AAk%2F%2B=/$value")


@pytest.mark.parametrize("name", ["../me", "a/b@x", "a@x/..", "", "a b@x", "a?x@y", "a..b@x", "ä@x", "\x1b@x"])
async def test_a_hostile_name_is_not_sent(stage: Stage, tenant: Tenant, name: str) -> None:
    """Only what has the form of a name gets into an address."""
    with pytest.raises(RequestRefused):
        await tenant.mail.by_message_id(name, "x")
    assert stage.graph.seen == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal(404, "MailboxNotEnabledForRESTAPI"), ObjectMissing),
        (refusal(403, "ErrorAccessDenied"), PermissionMissing),
        (refusal(401, "InvalidAuthenticationToken"), SignInFailed),
        (refusal(429, "ApplicationThrottled", retry_after="7"), Throttled),
        (RESET, ServiceFailing),
        (reply(200, {"value": [{"id": 1}]}), ServiceFailing),
        (reply(200, {"value": [{}]}), ServiceFailing),
        (reply(200, {"value": [{"id": "x", "from": {"emailAddress": "no"}}]}), ServiceFailing),
        (Reply(200, b"[", {"content-type": "application/json"}), ServiceFailing),
        (reply(200, {"value": [], "@odata.nextLink": "https://attacker.example/v1.0/x"}), ServiceFailing),
    ],
    ids=str,
)
async def test_errors(stage: Stage, tenant: Tenant, answer: Reply, error: type[AzremediateError]) -> None:
    """Each answer is one error of ours, without a word of the server's."""
    stage.graph.script = lambda _: answer
    with pytest.raises(error) as raised:
        await _all(tenant)
    assert "hostile" not in everything_in(raised.value)


async def test_retry_after_holds_back_the_mailbox(stage: Stage, tenant: Tenant) -> None:
    """After a 429 nothing is sent to the mailbox before the time is over."""
    answers = iter([refusal(429, "ApplicationThrottled", retry_after="7"), reply(200, {"value": []})])
    stage.graph.script = lambda _: next(answers)
    assert await _all(tenant) == []
    assert sum(stage.clock.slept) >= 7


async def test_four_at_a_time(stage: Stage, tenant: Tenant) -> None:
    """A mailbox gets at most four requests at a time, another one its own four."""
    under_way: dict[str, int] = {}
    most: dict[str, int] = {}
    waiting: list[asyncio.Future[None]] = []

    async def script(seen: Seen) -> Reply:
        name = unquote(seen.path).split("/")[3]
        under_way[name] = under_way.get(name, 0) + 1
        most[name] = max(most.get(name, 0), under_way[name])
        waiting.append(asyncio.get_running_loop().create_future())
        if len(waiting) % (2 * CONCURRENT) == 0:
            for one in waiting:
                if not one.done():
                    one.set_result(None)
        await waiting[-1] if not waiting[-1].done() else None
        under_way[name] -= 1
        return Reply(200, b"x", {"content-type": "text/plain"})

    stage.graph.script = script
    async with asyncio.timeout(20):
        await asyncio.gather(*(tenant.mail.mime(who, "m") for who in (WHO, f"b{WHO}") for _ in range(8)))
    assert most == {WHO: CONCURRENT, f"b{WHO}": CONCURRENT}
