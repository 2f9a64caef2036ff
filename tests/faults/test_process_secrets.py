"""What the system shows of a process that holds a new secret has none in it."""

import sys

import pytest

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
