"""A lab that is started once and put back to its start for each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from azremediate.lab.server import Lab
from tests.end_to_end.console import Console
from tests.graph_contract import CHECKER, violations


@pytest.fixture(scope="session")
def running_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The demo tenant, served; every exchange of every test is held against Microsoft's schema at the end."""
    folder = tmp_path_factory.mktemp("lab")
    recording = folder / "recording.jsonl"
    with Lab(directory=folder, record=recording) as lab:
        yield lab
    if CHECKER.exists():
        assert violations(recording) == ""


@pytest.fixture
def lab(running_lab: Lab) -> Lab:
    """The demo tenant as it is at its start."""
    running_lab.reset()
    return running_lab


@pytest.fixture
def console(lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Console:
    """A console in a folder of its own, without settings of the environment."""
    for name in [name for name in os.environ if name.startswith(("AZREMEDIATE_", "AZURE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return Console(lab, tmp_path, capsys)
