"""A lab and a launcher of processes, started once; faults end with the test that set them."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from azremediate.lab.server import Lab
from tests.end_to_end.console import Console
from tests.faults.cases import CASES
from tests.faults.scene import Launcher, Scene

Play = Callable[..., Scene]
"""Makes the scene of a named case; `settings` is added to its configuration."""


@pytest.fixture(scope="session")
def disturbed_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The demo tenant, whose recording nobody checks: disturbed answers follow no schema."""
    with Lab(directory=tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def lab(disturbed_lab: Lab) -> Lab:
    """The tenant as it is at its start, without faults."""
    disturbed_lab.reset()
    return disturbed_lab


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    """The program that forks processes which come to harm; POSIX only."""
    if not hasattr(os, "fork"):
        pytest.skip("processes are forked, which this system cannot do")
    with Launcher() as running:
        yield running


@pytest.fixture
def play(lab: Lab, launcher: Launcher, tmp_path: Path) -> Play:
    """Scenes by the name of their case."""

    def make(name: str, settings: str = "") -> Scene:
        case = next(one for one in CASES if one.name == name)
        return Scene(lab, launcher, tmp_path / name.replace(" ", "-"), case, settings)

    return make


@pytest.fixture
def console(lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Console:
    """A console in a folder of its own, without settings of the environment."""
    for name in [name for name in os.environ if name.startswith(("AZREMEDIATE_", "AZURE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return Console(lab, tmp_path, capsys)
