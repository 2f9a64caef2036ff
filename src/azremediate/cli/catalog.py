"""The actions and readers that are installed, found by looking into their folders."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from azremediate.core.action import Action
from azremediate.core.permission import Needs, Reader


@cache
def actions() -> Mapping[str, Action]:
    """Every action by its name, in alphabetical order."""
    found: dict[str, Action] = {}
    for module in _modules("azremediate.actions"):
        action: Action | None = getattr(module, "ACTION", None)
        if action is not None:
            found[action.name] = action
    return found


@cache
def readers() -> Mapping[str, Reader]:
    """Every part of the tool that reads a tenant by itself, with what it needs."""
    found = [getattr(module, "READER", None) for module in _modules("azremediate.resolve")]
    return {reader.name: reader for reader in found if reader is not None}


def needs_of(names: list[str]) -> Mapping[str, Needs]:
    """What the named actions and every reader need, by name."""
    return {
        **{name: actions()[name].needs for name in names},
        **{name: reader.needs for name, reader in readers().items()},
    }


def _modules(package: str) -> Iterator[ModuleType]:
    root = import_module(package)
    for found in sorted(iter_modules(root.__path__), key=lambda item: item.name):
        yield import_module(f"{package}.{found.name}")
