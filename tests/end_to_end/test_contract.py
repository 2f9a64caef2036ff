"""What the tool sends is valid against Microsoft's published schema and needs only what it declares."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from azremediate.cli.catalog import actions, readers
from azremediate.lab.server import Lab
from tests.end_to_end.console import Console
from tests.end_to_end.whole_reach import use_everything
from tests.graph_contract import needs_checker, violations


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Where this test's lab records."""
    return tmp_path / "recording.jsonl"


@pytest.fixture
def lab(tmp_path: Path, recording: Path) -> Iterator[Lab]:
    """A lab of its own, so that the recording holds nothing but what this test did."""
    with Lab(directory=tmp_path / "own-lab", record=recording) as own:
        yield own


@needs_checker
def test_schema_and_permissions(console: Console, recording: Path) -> None:
    """Every command that talks to a tenant is recorded: no violation, no permission beyond the declared ones."""
    use_everything(console)
    needs = [*(action.needs for action in actions().values()), *(reader.needs for reader in readers().values())]
    declared = frozenset(permission for need in needs for permission in need.graph)
    console.lab.close()
    assert recording.read_text(encoding="utf-8").count("\n") > 100
    assert violations(recording, declared) == ""


def test_declared_permissions_are_enough(console: Console) -> None:
    """With exactly the declared permissions granted, everything works in the lab, which checks each request."""
    needs = [*(action.needs for action in actions().values()), *(reader.needs for reader in readers().values())]
    declared = {permission for need in needs for permission in need.graph}
    responder = console.lab.store.responder
    assert responder is not None
    console.lab.store.app_permissions[responder.app_id] = set(declared)
    use_everything(console)


def test_the_lab_was_asked_nothing_that_it_does_not_know(console: Console) -> None:
    """No request went to a path, action or property that Graph does not have."""
    use_everything(console)
    assert console.lab.store.unknown_requests == []
