"""docs/actions.md has a section for each action, with its parameters, permissions and undo class."""

import dataclasses
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from azremediate import actions
from azremediate.core.action import Action

PAGE = (Path(__file__).parents[2] / "docs" / "actions.md").read_text(encoding="utf-8")
SECTIONS = {part.partition("\n")[0].strip(): part for part in PAGE.split("\n## ")[1:]}
NAMES = sorted(found.name for found in iter_modules(actions.__path__) if not found.name.startswith("_"))


def _action(name: str) -> Action:
    action: Action = import_module(f"azremediate.actions.{name}").ACTION
    return action


def test_sections_are_the_actions() -> None:
    """No action without its section, no section without its action."""
    assert sorted(SECTIONS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_section(name: str) -> None:
    """The section names what the action declares."""
    action, section = _action(name), SECTIONS[name]
    assert action.name == name
    parameters = [item.name for item in dataclasses.fields(action.params)]
    for word in (*parameters, *action.needs.graph, *(kind.value for kind in {*action.takes, *action.closes})):
        assert f"`{word}`" in section
    assert action.undo_class.value in section
    assert "It cannot:" in section


@pytest.mark.parametrize("name", NAMES)
def test_parameters(name: str) -> None:
    """Every parameter has a default and a help text."""
    action = _action(name)
    assert action.params() is not None
    assert all(item.metadata["help"] for item in dataclasses.fields(action.params))
