"""The limits that keep the code readable: sizes, names, first sentences, and who may open a secret."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MAX_LINES, USUAL_LINES, MAX_FUNCTION = 300, 240, 60
SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
MAY_OPEN_SECRETS = {
    "tenant/bodies.py", "tenant/key_pair.py", "tenant/key_vault.py", "tenant/sign_in.py", "cli/revealing.py",
}  # fmt: skip


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=_name)
def test_file(path: Path) -> None:
    """A file is short, says what it is for in its first sentence, and has a name that says something."""
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    assert path.stem not in SAY_NOTHING
    if text.strip():
        first = ast.get_docstring(ast.parse(text))
        assert first, "a module opens with one sentence that says what it is for"


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_functions(path: Path) -> None:
    """A function fits on a screen."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [node.name for node in functions if (node.end_lineno or 0) - node.lineno >= MAX_FUNCTION]
    assert long == []


def test_nine_in_ten_files_are_usual() -> None:
    """Long files are the exception."""
    long = [_name(path) for path in SOURCES if len(path.read_text(encoding="utf-8").splitlines()) > USUAL_LINES]
    assert len(long) * 10 <= len(SOURCES), long


def test_secrets_are_opened_in_few_places() -> None:
    """Only the modules that hand a secret to a service call `Secret.use`."""
    users = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "use":
                users.add(path.relative_to(ROOT / "src" / "azremediate").as_posix())
    assert users <= MAY_OPEN_SECRETS
