"""The table of layers, executed: who may import whom, and which libraries each layer may use."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "src" / "azremediate"
SDK = {"msgraph", "msgraph_core", "kiota_abstractions", "kiota_http", "kiota_authentication_azure", "azure"}
ALLOWED: dict[str, set[str]] = {
    "core": {"rfc8785"},
    "intake": {"ruamel", "pydantic", "openpyxl"},
    "mail": {"hyperscan", "cryptography", "olefile", "pypdf", "dask", "distributed", "pyarrow"},
    "resolve": set(),
    "actions": set(),
    "tenant": SDK | {"tenacity", "httpx", "httpx_aiohttp", "aiohttp", "cryptography"},
    "journal": {"structlog", "rfc8785", "filelock", "cryptography"},
    "report": {"jinja2"},
    "cli": {"click", "rich"},
    "lab": {"starlette", "uvicorn", "trustme", "cryptography"},
}
"""For each layer what it may import from outside; of the project itself a layer imports only itself and `core`."""

INNER = {layer: {"azremediate.core"} for layer in ALLOWED} | {"core": set(), "lab": set()}


def _modules() -> list[Path]:
    return sorted(path for path in ROOT.rglob("*.py") if path.parent != ROOT)


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            yield node.lineno, node.module or ""


def _forbidden(layer: str, name: str) -> bool:
    top = name.split(".")[0]
    if top == "azremediate":
        if layer == "cli" or name == "azremediate":
            return False
        own = {f"azremediate.{layer}"} | INNER[layer]
        return not any(name == allowed or name.startswith(f"{allowed}.") for allowed in own)
    return top not in sys.stdlib_module_names and top not in ALLOWED[layer]


@pytest.mark.parametrize("path", _modules(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_layer(path: Path) -> None:
    """A module imports only what the table allows its layer."""
    layer = path.relative_to(ROOT).parts[0]
    wrong = [f"{path.name}:{line} imports {name}" for line, name in _imports(path) if _forbidden(layer, name)]
    assert wrong == []


def test_every_layer_is_in_the_table() -> None:
    """A new folder has to say what it may import."""
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders <= set(ALLOWED)


def test_the_check_can_fail() -> None:
    """What the table forbids is found."""
    assert _forbidden("core", "azure.identity")
    assert _forbidden("resolve", "azremediate.tenant.graph")
    assert _forbidden("lab", "azremediate.core.plan")
    assert not _forbidden("tenant", "azure.identity.aio")


@pytest.mark.parametrize("name", ["importlib", "os", "socket", "subprocess", "time", "pathlib", "sqlite3"])
def test_core_has_no_input_or_output(name: str) -> None:
    """Core neither reads files nor the clock nor imports by name."""
    users = [path.name for path in (ROOT / "core").glob("*.py") for _, found in _imports(path) if found == name]
    assert users == []
