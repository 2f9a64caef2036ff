"""Killed anywhere, a plan that is applied again reaches its end: nothing lost, nothing twice, no stray."""

import random
import signal

import pytest

from tests.faults.cases import CASES
from tests.faults.conftest import Play
from tests.faults.failpoints import WARMED
from tests.faults.killing import kill_at, points_of, telling
from tests.faults.ledger import Ledger

SEED = 20240409
SINGLES, PAIRS, TRIPLES = 3, 2, 1
NAMES = [case.name for case in CASES]


@pytest.mark.fault("P1", "P2")
@pytest.mark.parametrize("name", NAMES)
def test_killed_and_applied_again(play: Play, name: str) -> None:
    """A seeded sample of single kills, pairs and triples; `make evidence` plays all singles and pairs."""
    scene = play(name)
    chance = random.Random(f"{SEED}{name}")  # noqa: S311 - repeatable on purpose
    points = points_of(scene)
    assert len(points) >= 39
    tell = telling(points)
    schedules: list[tuple[int, ...]] = [(chance.randrange(1, len(points) + 1),) for _ in range(SINGLES)]
    for size, number in ((2, PAIRS), (3, TRIPLES)):
        schedules += [tuple(chance.choice(tell) for _ in range(size)) for _ in range(number)]
    for schedule in schedules:
        outcome = kill_at(scene, schedule)
        assert outcome.broken == (), str(outcome)
        assert (outcome.lost, outcome.doubles, outcome.orphans) == (0, 0, 0)


@pytest.mark.fault("P1")
def test_every_seam_is_passed(play: Play) -> None:
    """A rotation passes every kind of point, so that no seam has come loose unnoticed."""
    passed = {point.partition(":")[0] for point in points_of(play("rotate_app_secret staged"))}
    kinds = {"lock", "journal-file", "journal-tables", "outbox", "audit", "append", "send", "vault", "proof"}
    assert passed == kinds
    assert len(WARMED) == len(set(WARMED))


@pytest.mark.fault("P1")
def test_the_ledger_can_fail(play: Play) -> None:
    """A secret that somebody else made under the tool's name, and that no vault holds, is found."""
    scene = play("rotate_app_secret")
    assert scene.judge(scene.apply()) == []
    store = scene.lab.store
    application = store.applications[store.named["payroll-api"]]
    tag = str(application["passwordCredentials"][0]["displayName"]).rpartition("-")[0]
    application["passwordCredentials"].append({"keyId": "stray", "displayName": f"{tag}-9"})
    found = {one.invariant for one in Ledger(store, scene.plan, scene.state).judge()}
    assert {"I1", "I2"} <= found
    (scene.state / "journal.db").unlink()
    assert "I4" in {one.invariant for one in Ledger(store, scene.plan, scene.state).judge()}


@pytest.mark.fault("P3")
@pytest.mark.parametrize("name", ["rotate_app_secret", "whole playbook"])
def test_asked_to_stop(play: Play, name: str) -> None:
    """SIGTERM stops at a safe point, also a second one; applying again ends well."""
    scene = play(name)
    chance = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    points = points_of(scene)
    for number in sorted(chance.sample(telling(points), 6)):
        scene.begin()
        ended = scene.apply(number, "term")
        assert ended.code in (0, 130, -signal.SIGTERM), (number, points[number - 1], ended.err)
        assert "Traceback" not in ended.err
        assert scene.judge(scene.apply()) == []


@pytest.mark.fault("P4", "S2")
@pytest.mark.parametrize("deed", ["memory", "recursion"])
def test_out_of_memory(play: Play, deed: str) -> None:
    """When a parser runs out of memory or stack anywhere, no secret is told and applying again ends well."""
    scene = play("rotate_app_secret")
    points = points_of(scene)
    chance = random.Random(f"{SEED}{deed}")  # noqa: S311 - repeatable on purpose
    for number in sorted(chance.sample(telling(points), 6)):
        scene.begin()
        ended = scene.apply(number, deed)
        assert 0 <= ended.code < 99, (number, points[number - 1])
        assert "Traceback" not in ended.err, (number, points[number - 1])
        assert scene.judge(scene.apply()) == [], (number, points[number - 1])


@pytest.mark.fault("P7")
def test_eight_at_once(play: Play) -> None:
    """Of eight processes that apply one plan at the same time one does it; the others say that it is locked."""
    scene = play("rotate_app_secret")
    for _ in range(3):
        scene.begin()
        ended = scene.race([scene.order(*scene.applying) for _ in range(8)])
        done = [one for one in ended if one.code == 0 and not one.json["already_applied"]]
        assert len(done) == 1, [(one.code, one.err[-200:]) for one in ended]
        late = [one for one in ended if one.code == 0 and one.json["already_applied"]]
        assert {one.code for one in ended if one not in done and one not in late} <= {6}
        assert scene.judge(done[0]) == []
