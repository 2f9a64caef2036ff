"""Times as notices write them, as ISO 8601 with zone; what could be two days is not guessed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_tz
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from azremediate.core.clock import iso
from azremediate.core.errors import InputInvalid

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)? ?(Z|UTC|GMT|[+-]\d\d:?\d\d)?", re.ASCII
)
_PARTS = re.compile(
    r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:,? +(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?: ?([AaPp])\.?[Mm]\.?)?)?"
    r" ?(Z|UTC|GMT|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_SERIAL = re.compile(r"(\d{5})(?:\.(\d{1,15}))?", re.ASCII)
_MAIL = re.compile(
    r"((?:[A-Za-z]{3}, ?)?\d{1,2} [A-Za-z]{3} \d{4} \d{1,2}:\d\d(?::\d\d)?)(?: (Z|UT|UTC|GMT|[+-]\d{4}))?", re.ASCII
)
_ZONE = re.compile(r"([+-])(\d\d):?(\d\d)")
_EXCEL_DAY_0 = datetime(1899, 12, 30)  # noqa: DTZ001 - the zone is added where it is known
_EARLIEST, _LATEST = 25_569, 73_050
"""Excel's numbers of the days 1970-01-01 and 2099-12-31; other numbers are no dates."""

_MONTHS = 12


class DateOrder(StrEnum):
    """Which comes first in 03/04/2024."""

    MDY = "mdy"
    DMY = "dmy"


@dataclass(frozen=True, slots=True)
class DateRules:
    """How times are read: the zone of those without one (None: UTC, with a warning), and the order of day and month."""

    zone: tzinfo | None = None
    order: DateOrder | None = None


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A time as ISO 8601 in UTC, or the reason why there is none. assumed: it named no zone, and none was given."""

    iso: str = ""
    reason: str = ""
    assumed: bool = False


def read_date(text: str, rules: DateRules) -> ReadDate:
    """A time as people, Excel, Outlook and programs write it."""
    try:
        local, zone = _moment(text.strip(), rules.order)
        moment = local.replace(tzinfo=zone or rules.zone or UTC)
        return ReadDate(iso(moment), assumed=zone is None and rules.zone is None)
    except _Unclear as problem:
        return ReadDate(reason=f"its time {problem}")
    except (ValueError, OverflowError):
        return ReadDate(reason="its time is no date or time that exists")


def proven_order(texts: Iterable[tuple[int, str]]) -> tuple[DateOrder | None, int, bool]:
    """The order of day and month that the rows of a column prove, the first row that does, and whether any needs it.

    None when no row proves one, or when rows prove both.
    """
    proof: dict[DateOrder, int] = {}
    needed = False
    for row, text in texts:
        match = _PARTS.fullmatch(text.strip())
        if match is None or match[2] == ".":
            continue
        first, second = int(match[1]), int(match[3])
        if first > _MONTHS >= second:
            proof.setdefault(DateOrder.DMY, row)
        elif second > _MONTHS >= first:
            proof.setdefault(DateOrder.MDY, row)
        needed = needed or (first <= _MONTHS and second <= _MONTHS and first != second)
    if len(proof) != 1:
        return None, 0, needed
    ((order, row),) = proof.items()
    return order, row, needed


def time_zone(name: str) -> tzinfo:
    """The zone of a name such as America/New_York; `InputInvalid` when the system knows none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = "names are those of the IANA database, such as UTC or America/New_York; Windows needs the package tzdata"
        raise InputInvalid(f"--timezone {name[:40]!r} is not known", hint=hint) from None


class _Unclear(ValueError):
    """What is wrong with a time, in words that continue `its time`."""


def _moment(text: str, order: DateOrder | None) -> tuple[datetime, tzinfo | None]:
    if match := _ISO.fullmatch(text):
        year, month, day, hour, minute, second, fraction, zone = match.groups()
        clock = (int(hour or 0), int(minute or 0), int(second or 0), _micro(fraction))
        return datetime(int(year), int(month), int(day), *clock), _zone(zone)  # noqa: DTZ001 - the zone goes beside it
    if match := _PARTS.fullmatch(text):
        return _from_parts(match, order)
    if match := _SERIAL.fullmatch(text):
        return _from_serial(float(text)), None
    if (match := _MAIL.fullmatch(text)) and (found := parsedate_tz(match[1])):
        return datetime(*found[:6]), _zone(match[2])  # noqa: DTZ001 - the zone goes beside it
    raise _Unclear("has no form that is known; 2024-03-01T09:30:00Z has one")


def _from_parts(match: re.Match[str], order: DateOrder | None) -> tuple[datetime, tzinfo | None]:
    first, mark, second, year, hour, minute, seconds, fraction, half, zone = match.groups()
    month, day = _month_and_day(int(first), mark, int(second), order)
    hours = int(hour or 0)
    if half:
        if not 1 <= hours <= _MONTHS:
            raise _Unclear("has an hour that no clock of twelve hours shows")
        hours = hours % 12 + (12 if half in "Pp" else 0)
    clock = (hours, int(minute or 0), int(seconds or 0), _micro(fraction))
    return datetime(int(year), month, day, *clock), _zone(zone)  # noqa: DTZ001 - the zone goes beside it


def _month_and_day(first: int, mark: str, second: int, order: DateOrder | None) -> tuple[int, int]:
    """12.01.2024 is 12 January everywhere; with slashes and dashes the order has to be known or without effect."""
    if mark == ".":
        return second, first
    if order is not None:
        return (first, second) if order is DateOrder.MDY else (second, first)
    if first <= _MONTHS and second <= _MONTHS and first != second:
        raise _Unclear("could be two days; add --date-order mdy or --date-order dmy")
    return (second, first) if first > _MONTHS else (first, second)


def _from_serial(number: float) -> datetime:
    """Excel's number of a day, to the second as Excel shows it."""
    if not _EARLIEST <= number < _LATEST:
        raise _Unclear("is a number, but not one that Excel uses for a day of these years")
    return _EXCEL_DAY_0 + timedelta(seconds=round(number * 86_400))


def _micro(fraction: str | None) -> int:
    return int((fraction or "0")[:6].ljust(6, "0"))


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    match = _ZONE.fullmatch(text)
    if match is None:
        return UTC
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-offset if match[1] == "-" else offset)
