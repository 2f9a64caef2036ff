"""A run that is frozen at any point begins nothing more, loses nothing, and ends well when it is thawed."""

import random

import pytest

from tests.faults.conftest import Play
from tests.faults.killing import points_of
from tests.faults.scene import Ended

SEED = 20240409
pytestmark = pytest.mark.fault("G6")


def _sent_after(ended: Ended, number: int) -> int:
    """Requests that write, begun after the point. Of each object one may be: its intent was durable before."""
    return ended.points[number:].count("send:before")


@pytest.mark.parametrize("deed", ["freeze", "blind"])
@pytest.mark.parametrize("name", ["rotate_app_secret", "rotate_app_secret staged", "disable_service_principal"])
def test_frozen_at_any_point(play: Play, name: str, deed: str) -> None:
    """Whoever makes the file, or takes away the right to look for it: at most the write under way goes out."""
    scene = play(name)
    points = points_of(scene)
    first = points.index("send:before") + 1
    chance = random.Random(f"{SEED}{name}{deed}")  # noqa: S311 - repeatable on purpose
    numbers = {first - 1, first, first + 1, *chance.sample(range(3, len(points) + 1), 5)}
    codes: dict[str, int] = {}
    for number in sorted(numbers):
        point = f"{number} {points[number - 1]}"
        scene.begin()
        ended = scene.apply(number, deed)
        codes[point] = ended.code
        assert ended.code in (0, 130), (point, ended.out, ended.err)
        assert _sent_after(ended, number) <= 1, (point, ended.points)
        if ended.code == 130:
            assert "FREEZE" in ended.out + ended.err, point
        if deed == "freeze":
            sent = len(scene.lab.writes)
            assert scene.apply().code == ended.code, point
            scene.run("resume", *scene.applying[2:])  # without a run yet there is nothing to resume
            assert len(scene.lab.writes) == sent, point
            (scene.state / "FREEZE").unlink()
        assert scene.judge(scene.apply()) == [], point
    assert 130 in codes.values()


@pytest.mark.parametrize("deed", ["freeze", "blind"])
def test_frozen_before_anything(play: Play, deed: str) -> None:
    """With the lock just taken nothing is sent."""
    scene = play("disable_service_principal")
    ended = scene.apply(2, deed)
    assert (ended.code, scene.lab.effects, scene.lab.writes) == (130, [], []), ended.out
