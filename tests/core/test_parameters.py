"""Parameters are checked before anything is planned."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import pytest

from azremediate.core.errors import InputInvalid
from azremediate.core.json_value import Json
from azremediate.core.parameters import format_duration, parameters_json, parse_duration, parse_parameters


class Which(StrEnum):
    """Which ones."""

    EXPOSED = "exposed"
    ALL = "all"


@dataclass(frozen=True)
class Params:
    """One of each kind."""

    overlap: timedelta = timedelta()
    remove: Which = Which.EXPOSED
    days: int = 90
    roles: tuple[str, ...] = ()
    strict: bool = False
    name: str = ""


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"overlap": "PT15M"}, Params(overlap=timedelta(minutes=15))),
        ({"remove": "all"}, Params(remove=Which.ALL)),
        ({"days": 30}, Params(days=30)),
        ({"days": "30"}, Params(days=30)),
        ({"roles": ["a", "b"]}, Params(roles=("a", "b"))),
        ({"roles": "a, b"}, Params(roles=("a", "b"))),
        ({"strict": "true"}, Params(strict=True)),
        ({"name": "x"}, Params(name="x")),
    ],
    ids=str,
)
def test_good(given: dict[str, Json], expected: Params) -> None:
    """Values from YAML and texts from the command line give the same parameters."""
    assert parse_parameters(Params, given, "an_action") == expected


@pytest.mark.parametrize(
    "given",
    [
        {"overlap": "15 minutes"},
        {"overlap": "P1M"},
        {"overlap": "P"},
        {"overlap": "PT"},
        {"overlap": 3},
        {"remove": "some"},
        {"days": True},
        {"days": "1.5"},
        {"roles": 1},
        {"strict": "yes"},
        {"name": 1},
        {"name": None},
        {"removes": "all"},
    ],
    ids=str,
)
def test_bad_names_action_and_parameter(given: dict[str, Json]) -> None:
    """A wrong value is refused by name."""
    with pytest.raises(InputInvalid, match="an_action"):
        parse_parameters(Params, given, "an_action")


def test_close_name_is_suggested() -> None:
    """A typing mistake gets the right name."""
    with pytest.raises(InputInvalid) as raised:
        parse_parameters(Params, {"overlapp": "PT1S"}, "an_action")
    assert "overlap" in raised.value.hint


@pytest.mark.parametrize("text", ["PT0S", "PT15M", "P1D", "P1DT2H", "PT1.5S", "P2W", "PT23H59M59.25S", "PT0.000001S"])
def test_durations_keep_their_length(text: str) -> None:
    """A duration means the same in whichever form it is written."""
    assert parse_duration(format_duration(parse_duration(text))) == parse_duration(text)


def test_json_form() -> None:
    """Plans hold parameters in one form."""
    expected = {"overlap": "PT0S", "remove": "exposed", "days": 90, "roles": [], "strict": False, "name": ""}
    assert parameters_json(Params()) == expected
