"""Commands to copy work when they are copied."""

from pathlib import Path

import pytest

from azremediate.cli.command_line import command_line
from azremediate.cli.settings import Settings


def test_the_configuration_is_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless it is the default, or the environment names it."""
    monkeypatch.delenv("AZREMEDIATE_CONFIG", raising=False)
    settings = Settings(config=Path("lab.yaml"))
    assert command_line(settings, "verify", "R-1") == "azremediate verify R-1 --config lab.yaml"
    assert command_line(Settings(), "verify") == "azremediate verify"
    monkeypatch.setenv("AZREMEDIATE_CONFIG", "lab.yaml")
    assert command_line(settings, "verify") == "azremediate verify"


def test_words_with_spaces_are_quoted() -> None:
    """So that a shell reads one word."""
    shown = command_line(Settings(), "apply", "my plan.json").removeprefix("azremediate apply ")
    assert shown in {"'my plan.json'", '"my plan.json"'}
