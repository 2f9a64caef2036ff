"""Small wrong changes of the code that decides, each held against the tests that should notice it."""

import ast
import copy
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.faults.matrix import ROOT

SOURCE: Final = ROOT / "src"
JUDGED: Final = {
    "core/guards.py": (
        "tests/core/test_guards.py",
        "tests/core/test_guard_reasons.py",
        "tests/core/test_planner.py",
        "tests/core/test_executor.py",
    ),
    "core/binding.py": ("tests/core/test_binding.py", "tests/core/test_executor.py"),
    "core/durable.py": ("tests/core/test_durable.py", "tests/core/test_run.py", "tests/core/test_freeze.py"),
    "core/verifier.py": ("tests/core/test_verifier.py", "tests/core/test_executor.py"),
    "tenant/answers.py": ("tests/tenant/test_answers.py", "tests/tenant/test_graph_writer.py"),
}
"""What decides about writes, by its file, and the tests that hold it."""

_SWAPS: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """One file with one change; `what` names the line and the new code."""

    file: str
    what: str
    text: str


def mutants_of(file: str, text: str) -> Iterator[Mutant]:
    """Every mutant of a module's text: a comparison turned, `and` for `or`, a lost `not`, a constant or result off."""
    tree = ast.parse(text)
    decorators = {
        id(part) for node in ast.walk(tree) for one in getattr(node, "decorator_list", ()) for part in ast.walk(one)
    }
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in decorators:  # frozen or slotted: types hold that, not tests
            continue
        for way in range(len(_changed(node))):
            copied = copy.deepcopy(tree)
            place = list(ast.walk(copied))[number]
            new = _changed(place)[way]
            _replace(copied, place, new)
            line = getattr(node, "lineno", 0)
            yield Mutant(
                file, f"{file}:{line}: {ast.unparse(new)[:100]}", ast.unparse(ast.fix_missing_locations(copied))
            )


def survivors(mutants: Sequence[Mutant], workers: int) -> Iterator[tuple[Mutant, bool]]:
    """Each mutant with whether all tests of its file stay green under it."""
    with tempfile.TemporaryDirectory(prefix="azremediate-mutants-") as folder:
        trees = [Path(folder) / str(number) for number in range(workers)]
        for tree in trees:
            shutil.copytree(SOURCE, tree, ignore=shutil.ignore_patterns("__pycache__"))
        free = list(trees)

        def judge(mutant: Mutant) -> tuple[Mutant, bool]:
            tree = free.pop()
            try:
                return mutant, _survives(mutant, tree)
            finally:
                free.append(tree)

        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(judge, mutants)


def _survives(mutant: Mutant, tree: Path) -> bool:
    place = tree / "azremediate" / mutant.file
    original = place.read_text(encoding="utf-8")
    place.write_text(mutant.text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    environment = os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ended = subprocess.run(  # noqa: S603 - our own tests
            [*command, *JUDGED[mutant.file]], cwd=ROOT, env=environment, capture_output=True, check=False, timeout=300
        )
    except subprocess.TimeoutExpired:  # a loop without end is noticed too
        return False
    finally:
        place.write_text(original, encoding="utf-8")
    return ended.returncode == 0


def _changed(node: ast.AST) -> list[ast.AST]:
    """What may stand in the place of a node; its own children are shared, so use it on a tree of its own."""
    match node:
        case ast.Compare(ops=[op]):
            return [ast.Compare(node.left, [_SWAPS[type(op)]()], node.comparators)]
        case ast.BoolOp():
            return [ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)]
        case ast.UnaryOp(op=ast.Not()):
            return [node.operand]
        case ast.Constant(value=bool() as flag):
            return [ast.Constant(not flag)]
        case ast.Constant(value=int() as number):
            return [ast.Constant(number + 1)]
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            return [ast.Return(ast.Constant(None))]
        case ast.Raise() | ast.Expr(value=ast.Call() | ast.Await()):
            return [ast.Pass()]
        case _:
            return []


def _replace(tree: ast.AST, old: ast.AST, new: ast.AST) -> None:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
            elif isinstance(value, list):
                value[:] = [new if item is old else item for item in value]
