"""A process that is held for longer than its plan lives begins nothing more, and finishes what it began."""

import random

import pytest

from tests.faults.conftest import Play
from tests.faults.killing import points_of

SEED = 20240409


@pytest.mark.fault("P5")
@pytest.mark.parametrize("name", ["rotate_app_secret", "disable_service_principal"])
def test_held_for_ten_hours(play: Play, name: str) -> None:
    """Wherever ten hours pass: before the first intent nothing is sent and the plan is stale, behind it all is done."""
    scene = play(name)
    points = points_of(scene)
    first = points.index("send:before") + 1
    chance = random.Random(f"{SEED}{name}")  # noqa: S311 - repeatable on purpose
    numbers = {1, first, *chance.sample(range(1, first), 6), *chance.sample(range(first, len(points) + 1), 3)}
    codes: list[int] = []
    for number in sorted(numbers):
        scene.begin()
        ended = scene.apply(number, "age")
        codes.append(ended.code)
        if ended.code == 0:
            assert list(scene.case.reached(scene.lab.store)) == [], points[number - 1]
        else:
            assert (ended.code, scene.lab.effects) == (5, []), (points[number - 1], ended.err)
    assert codes == sorted(codes, reverse=True)
    assert (codes[0], codes[-1]) == (5, 0)
