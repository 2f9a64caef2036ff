"""The playbooks that come with the tool, found by name."""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import azremediate
from azremediate.core.errors import PlaybookInvalid
from azremediate.intake.wording import quoted, suggest
from azremediate.intake.yaml_document import parse_yaml


def is_builtin_name(name: str) -> bool:
    """Whether a text is meant as the name of a built-in playbook, and not as a file."""
    return not ("/" in name or "\\" in name or name.lower().endswith((".yaml", ".yml")))


def builtin_playbooks() -> list[tuple[str, str]]:
    """Name and description of each built-in playbook, in the order of the names."""
    found = []
    for file in sorted(_files(), key=lambda item: item.name):
        document = parse_yaml(file.read_bytes(), file.name, PlaybookInvalid)
        found.append((file.name.removesuffix(".yaml"), str(document.data["description"]).strip()))
    return found


def builtin_bytes(name: str) -> bytes:
    """The bytes of a built-in playbook; raises `PlaybookInvalid` that lists the names for an unknown one."""
    files = {file.name.removesuffix(".yaml"): file for file in _files()}
    if name not in files:
        hint = suggest(name, sorted(files), "the built-in playbooks are")
        raise PlaybookInvalid(f"there is no playbook {quoted(name)}", hint=f"{hint} (a file is named with its .yaml)")
    return files[name].read_bytes()


def _files() -> list[Traversable]:
    """Inside the installed package, or beside `src` in a source checkout."""
    folder: Traversable = resources.files("azremediate") / "playbooks"
    if not folder.is_dir():
        folder = Path(azremediate.__file__).parents[2] / "playbooks"
    return [file for file in folder.iterdir() if file.name.endswith(".yaml")] if folder.is_dir() else []
