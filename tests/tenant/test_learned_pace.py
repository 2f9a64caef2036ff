"""A pace of writes that nobody told is learned from refusals, and kept from then on."""

from azremediate.tenant.learned_pace import LearnedPace


def _refused_after(pace: LearnedPace, writes: int, now: float) -> None:
    for _ in range(writes):
        pace.took()
    pace.refused(now, hold=1.0)


def test_nobody_is_held_back_before_a_refusal() -> None:
    """Without a refusal there is no pace and no wait."""
    pace = LearnedPace(0.0)
    assert [pace.wait(0.0) for _ in range(50)] == [0.0] * 50
    assert pace.per_second is None


def test_after_a_refusal_writes_leave_one_by_one() -> None:
    """Half of what was seen at first, evenly, and not before the service asked to be left alone."""
    pace = LearnedPace(0.0)
    _refused_after(pace, 40, 10.0)
    assert pace.per_second == 2.0
    assert [pace.wait(10.0) for _ in range(4)] == [1.0, 1.5, 2.0, 2.5]


def test_refusals_of_the_same_moment_count_once() -> None:
    """What was under way when the service began to refuse says nothing new, but its longer hold is kept."""
    pace = LearnedPace(0.0)
    _refused_after(pace, 40, 10.0)
    pace.refused(10.5, hold=5.0)
    assert pace.per_second == 2.0
    assert pace.wait(10.5) == 5.0


def test_it_comes_close_to_what_the_service_fills_up_with() -> None:
    """Against a bucket of three each second the pace ends near three, and hardly anything is refused on the way."""
    pace = LearnedPace(0.0)
    now, tokens, taken, refusals = 0.0, 10.0, 0, 0
    while taken < 2_000:
        wait = pace.wait(now)
        now += wait if pace.per_second is not None else 0.01
        tokens = min(10.0, tokens + 3.0 * (wait if pace.per_second is not None else 0.01))
        if tokens >= 1:
            tokens -= 1
            taken += 1
            pace.took()
        else:
            refusals += 1
            pace.refused(now, hold=1.0)
    assert pace.per_second is not None
    assert 2.0 < pace.per_second < 4.0
    assert refusals < 0.02 * taken


def test_it_never_stops_altogether() -> None:
    """A service that took nothing is still asked now and then."""
    pace = LearnedPace(0.0)
    pace.refused(100.0, hold=0.0)
    pace.refused(200.0, hold=0.0)
    assert pace.per_second is not None
    assert pace.wait(200.0) <= pace.wait(200.0) <= 10.0
