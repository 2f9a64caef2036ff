"""What the system shows of a process that holds a new secret has none in it."""

import ast
import sys
from pathlib import Path

import pytest

import azremediate
from tests.faults.conftest import Play
from tests.faults.killing import points_of


@pytest.mark.fault("S4")
@pytest.mark.skipif(sys.platform != "linux", reason="the system's view is /proc")
def test_arguments_environment_and_temporary_files(play: Play) -> None:
    """While a new secret is in memory it stands in neither arguments nor environment, and no temporary file is left."""
    scene = play("rotate_app_secret")
    number = points_of(scene).index("vault:before") + 1
    temporary = scene.produced / "tmp"
    scene.begin()
    temporary.mkdir()
    ended = scene.apply(number, "show", environment={"TMPDIR": str(temporary)})
    assert ended.code == 0, ended.err
    assert b"PATH=" in (scene.produced / "process.environ").read_bytes()
    assert (scene.produced / "process.cmdline").stat().st_size > 0
    assert scene.judge(ended) == []
    assert list(temporary.iterdir()) == []


_OF_MAIL = ("multiprocessing", "ProcessPoolExecutor", "concurrent.futures.process")


@pytest.mark.fault("S4")
def test_no_other_way_out_of_the_process() -> None:
    """Nothing is handed to another process, pickled or mapped: no module imports what could do it.

    The search of mail does: its processes get a piece of a file and the case key, and give findings without values.
    """
    ways = {"multiprocessing", "pickle", "shelve", "marshal", "dbm", "mmap", "concurrent.futures.process", "xmlrpc"}
    root = Path(azremediate.__file__).parent
    found: set[str] = set()
    files = [file for file in root.rglob("*.py") if "lab" not in file.relative_to(root).parts]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found |= {f"{file.name}: {name}" for name in names if name in ways or name.split(".")[0] in ways}
            if isinstance(node, ast.ImportFrom) and node.module == "concurrent.futures":
                found |= {f"{file.name}: {alias.name}" for alias in node.names if alias.name == "ProcessPoolExecutor"}
    assert len(files) > 100
    assert found == {
        "mbox.py: mmap",
        *(f"{name}: {way}" for name in ("search_run.py", "message_stream.py") for way in _OF_MAIL),
    }
