"""Each action has its test, its section in the docs, its rights and its undo class; none has to be registered."""

import dataclasses
import inspect
import re
from pathlib import Path

import pytest

from azremediate.cli.catalog import actions, readers
from azremediate.core.action import Action
from azremediate.core.change import Phase, Risk, UndoClass
from azremediate.core.parameters import parameters_json, parse_parameters
from azremediate.core.target import TargetKind

ROOT = Path(__file__).parents[1]
FILES = [path.stem for path in (ROOT / "src/azremediate/actions").glob("*.py") if not path.stem.startswith("_")]
PERMISSION = re.compile(r"[A-Z][A-Za-z-]+(\.[A-Za-z]+)+")


def test_every_file_is_an_action() -> None:
    """A file in actions/ is found by its name without being registered anywhere."""
    assert sorted(actions()) == sorted(FILES)


@pytest.mark.parametrize("name", sorted(FILES))
def test_action(name: str) -> None:
    """The action is complete."""
    action: Action = actions()[name]
    assert action.name == name
    assert (ROOT / f"tests/actions/test_{name}.py").exists()
    docs = (ROOT / "docs/actions.md").read_text(encoding="utf-8")
    section = re.search(rf"^## `?{name}`?\n(.*?)(?=^## |\Z)", docs, re.MULTILINE | re.DOTALL)
    assert section is not None
    for permission in action.needs.graph:
        assert permission in section[1]
        assert PERMISSION.fullmatch(permission)
    assert action.summary
    assert isinstance(action.phase, Phase)
    assert isinstance(action.undo_class, UndoClass)
    assert isinstance(action.risk, Risk)
    assert action.targets
    assert all(isinstance(kind, TargetKind) for kind in action.targets)
    assert action.closes <= action.takes or not action.takes
    assert action.needs.graph or action.needs.azure_roles


@pytest.mark.parametrize("name", sorted(FILES))
def test_parameters(name: str) -> None:
    """Each parameter has a default, a help text and a JSON form that is read back as the same."""
    kind = actions()[name].params
    for item in dataclasses.fields(kind):
        assert item.metadata.get("help")
        assert f"`{item.name}`" in (ROOT / "docs/actions.md").read_text(encoding="utf-8")
    assert parse_parameters(kind, parameters_json(kind()), name) == kind()


@pytest.mark.parametrize("name", sorted(FILES))
def test_contract(name: str) -> None:
    """What reads is asynchronous, what judges is not."""
    action = actions()[name]
    assert inspect.iscoroutinefunction(action.observe)
    assert inspect.iscoroutinefunction(action.apply)
    assert not any(inspect.iscoroutinefunction(method) for method in (action.plan, action.holds, action.undo))


def test_every_reader_declares_its_rights() -> None:
    """Whatever reads by itself says what it needs."""
    found = readers()
    assert {"identity", "inventory", "privilege", "tenant_profile", "usage"} <= set(found)
    assert all(reader.needs.graph and reader.summary for reader in found.values())
