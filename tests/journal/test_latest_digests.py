"""Of many digests the last one of each key counts, as in a dictionary."""

from hypothesis import given
from hypothesis import strategies as st

from azremediate.journal.latest_digests import SIZE, LatestDigests

NOTHING = bytes(SIZE)
DIGESTS = st.binary(min_size=SIZE, max_size=SIZE)
KEYS = st.sampled_from([bytes([first, *range(SIZE - 1)]) for first in (0, 1, 255)]) | DIGESTS
WORDS = st.lists(st.tuples(KEYS, DIGESTS | st.just(NOTHING)), max_size=40)


@given(told=WORDS, known=WORDS)
def test_as_a_dictionary(told: list[tuple[bytes, bytes]], known: list[tuple[bytes, bytes]]) -> None:
    """The same keys contradict as would in two dictionaries."""
    mine, theirs = LatestDigests(), LatestDigests()
    for key, value in told:
        mine.put(key, value)
    for key, value in known:
        theirs.put(key, value)
    said, wanted = dict(told), dict(known)
    expected = {key for key, value in wanted.items() if said.get(key, NOTHING) != value}
    assert mine.contradicting(theirs, untold=NOTHING) == expected
