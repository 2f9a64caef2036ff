"""What a person does whose journal is lost, as docs/architecture.md says: put the state aside, plan again, apply."""

from pathlib import Path

import pytest

from tests.faults.conftest import Play
from tests.faults.killing import points_of
from tests.faults.scene import Ended, Scene

UNKNOWN = ("I4", "I7")
"""What was written before is known to the books that are lost, not to the new ones."""


def _plan_again(scene: Scene) -> Ended:
    playbook, _ = scene.case.order(scene.lab.store)
    return scene.run("plan", playbook, "--credentials", scene.folder / "leaked.csv", "-o", scene.plan_file, "--json")


@pytest.mark.fault("C6")
@pytest.mark.parametrize("again", [True, False], ids=["planned again", "the same plan"])
@pytest.mark.parametrize("point", ["send:after", "vault:before", "vault:after", "proof:after"])
def test_put_aside_and_planned_again(play: Play, tmp_path: Path, point: str, again: bool) -> None:
    """A rotation died halfway, its journal is gone: refused, then ended well with one live, stored secret."""
    scene = play("rotate_app_secret")
    number = points_of(scene).index(point) + 1
    scene.begin()
    assert scene.apply(number).killed
    for file in scene.state.glob("journal.db*"):
        file.unlink()
    refused = scene.apply()
    assert refused.code == 7
    assert "its journal is gone" in refused.json["error"]["message"]
    assert "state.path" in refused.json["error"]["hint"]
    scene.state.rename(tmp_path / "kept-as-evidence")
    if again:
        assert _plan_again(scene).code == 0
    last = scene.apply()
    assert [str(one) for one in scene.judge(last) if one.invariant not in UNKNOWN] == []
