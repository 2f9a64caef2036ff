"""A command that may hold secrets leaves no copy of its memory behind."""

import sys

import pytest

from tests.journal.stage import in_another_process

_LOOK = """
import asyncio, ctypes, resource
from azremediate.cli.main import run_async

async def look():
    print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))

run_async(look())
"""

_LOOK_BEFORE = "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"


@pytest.mark.fault("S4")
@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_no_core_dumps() -> None:
    """While a command's work runs, the size of a core file is zero, and the memory is not readable by others."""
    assert in_another_process(_LOOK_BEFORE).stdout == "1\n"
    ended = in_another_process(_LOOK)
    assert ended.stdout.splitlines()[0] == "(0, 0) 0", ended.stderr
