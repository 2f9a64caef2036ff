"""Reads that actions have in common: checked paths, several objects at once, moments."""

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from azremediate.core.clock import Clock
from azremediate.core.errors import ServiceFailing, TenantError
from azremediate.core.json_value import JsonObject
from azremediate.core.ports import Read, TenantReader

_LONGEST_WAIT = 2.0
_LONGEST_TEXT = 100_000
_LINK = re.compile(r"[A-Za-z0-9_-]{1,200}")
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_guid(text: str) -> bool:
    """Whether a text is an id as the directory gives them."""
    return _GUID.fullmatch(text) is not None


def guids_in(text: str) -> list[str]:
    """Every id in a text, in lower case."""
    return [found.lower() for found in _GUID.findall(text[:_LONGEST_TEXT])]


def object_path(collection: str, object_id: str) -> str:
    """The path of one object; refuses an id that is no GUID, so that no plan can name another path."""
    if not is_guid(object_id):
        raise TenantError(f"{quote(object_id[:80])!r} is no object id")
    return f"/{collection}/{object_id}"


def link_path(collection: str, row_id: str) -> str:
    """The path of a row whose id is no GUID, such as a consent grant; refuses whatever could be another path."""
    if not _LINK.fullmatch(row_id):
        raise TenantError(f"{quote(row_id[:80])!r} is no id of a row")
    return f"{collection}/{row_id}"


async def read_all(tenant: TenantReader, reads: Mapping[str, Read]) -> dict[str, JsonObject | TenantError]:
    """The answer to each named read, or what went wrong with it."""
    answers = await tenant.batch(list(reads.values()))
    return dict(zip(reads, answers, strict=True))


def required(answers: Mapping[str, JsonObject | TenantError], name: str) -> JsonObject:
    """The named answer; raises what went wrong with it."""
    answer = answers[name]
    if isinstance(answer, TenantError):
        raise answer
    return answer


def moment(text: str) -> datetime:
    """A time from Graph, which writes it in UTC; anything else is refused."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise ServiceFailing("the answer holds something that is no time where a time should be") from None
    if parsed.tzinfo is None:
        raise ServiceFailing("the answer holds a time without zone")
    return parsed


def later(text: str, than: str) -> bool:
    """Whether a time from Graph is later than another; one that was never set (empty) is earlier than any."""
    return bool(text) and (not than or moment(text) > moment(than))


async def until_later(before: str, clock: Clock) -> None:
    """Wait for the next second: the directory counts in seconds, and an event in the same one as the last is no later.

    before: the last event's time from Graph, empty when there was none.
    """
    if before:
        left = (moment(before) - clock.now()).total_seconds() + 1
        if 0 < left <= _LONGEST_WAIT:
            await clock.sleep(left)
