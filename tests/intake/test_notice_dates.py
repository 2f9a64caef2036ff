"""Times in every form that notices have, and the refusal to guess a day."""

from datetime import timedelta, timezone

import pytest

from azremediate.core.errors import InputInvalid
from azremediate.intake.notice_dates import DateOrder, DateRules, proven_order, read_date, time_zone

NOON = "2024-04-03T12:00:00.000Z"


@pytest.mark.parametrize(
    ("text", "expected", "assumed"),
    [
        ("2024-04-03T12:00:00Z", NOON, False),
        ("2024-04-03T14:00:00+02:00", NOON, False),
        ("2024-04-03 12:00:00.0000000", NOON, True),
        ("2024-04-03", "2024-04-03T00:00:00.000Z", True),
        ("2024-04-03T12:00:00.1234567Z", "2024-04-03T12:00:00.123Z", False),
        ("4/13/2024 12:00 PM", "2024-04-13T12:00:00.000Z", True),
        ("13/4/2024 12:00:00 AM", "2024-04-13T00:00:00.000Z", True),
        ("4/4/2024", "2024-04-04T00:00:00.000Z", True),
        ("03.04.2024 12:00", NOON, True),
        ("45385.5", NOON, True),
        ("45385", "2024-04-03T00:00:00.000Z", True),
        ("Wed, 03 Apr 2024 08:00:00 -0400", NOON, False),
        ("3 Apr 2024 12:00", NOON, True),
    ],
)
def test_forms(text: str, expected: str, assumed: bool) -> None:
    """Each gives ISO 8601 in UTC, and says when the zone was taken for granted."""
    found = read_date(text, DateRules())
    assert (found.iso, found.assumed, found.reason) == (expected, assumed, "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("03/04/2024", "--date-order"),
        ("3-4-2024 10:00", "--date-order"),
        ("2024-02-30", "exists"),
        ("13/13/2024", "exists"),
        ("4/13/2024 13:00 PM", "twelve hours"),
        ("99999", "Excel"),
        ("1/2/24", "no form"),
        ("yesterday", "no form"),
        ("Wed, 03 Apr 2024 08:00:00 XYZ", "no form"),
        ("0000-01-01T00:00:00Z", "exists"),
        ("9999-12-31T23:59:59-12:00", "exists"),
    ],
)
def test_refused(text: str, said: str) -> None:
    """With a reason that says what to do."""
    found = read_date(text, DateRules())
    assert found.iso == ""
    assert said in found.reason


def test_order_and_zone() -> None:
    """Both as somebody says."""
    west = timezone(timedelta(hours=-5))
    assert read_date("03/04/2024 10:00", DateRules(west, DateOrder.MDY)).iso == "2024-03-04T15:00:00.000Z"
    assert read_date("03/04/2024 10:00", DateRules(west, DateOrder.DMY)).iso == "2024-04-03T15:00:00.000Z"
    assert read_date("13/04/2024", DateRules(None, DateOrder.MDY)).reason.endswith("exists")
    assert read_date("2024-07-01 12:00", DateRules(time_zone("America/New_York"))).iso == "2024-07-01T16:00:00.000Z"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["03/04/2024", "03/14/2024"], (DateOrder.MDY, 2, True)),
        (["14/03/2024", "03/04/2024"], (DateOrder.DMY, 1, True)),
        (["03/14/2024", "14/03/2024", "01/02/2024"], (None, 0, True)),
        (["03/04/2024"], (None, 0, True)),
        (["2024-03-04", "03/14/2024", "4/4/2024"], (DateOrder.MDY, 2, False)),
        ([], (None, 0, False)),
    ],
)
def test_proof(texts: list[str], expected: tuple[DateOrder | None, int, bool]) -> None:
    """Other rows prove the order unless they contradict each other."""
    assert proven_order(enumerate(texts, start=1)) == expected


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "a\x00b", ""])
def test_unknown_zone(name: str) -> None:
    """A wrong argument, whatever is written."""
    with pytest.raises(InputInvalid, match="--timezone"):
        time_zone(name)
