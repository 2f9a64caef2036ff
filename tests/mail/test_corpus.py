"""The corpus of benchmarks/mail.py: the same from a seed; what it plants is found, and nothing else."""

from itertools import islice
from random import Random

from mail_corpus import SEEN, UNSEEN, messages
from mail_values import Truth

from azremediate.mail.analysis import Analyst
from azremediate.mail.fingerprint import fingerprint, plain
from azremediate.mail.taking_apart import take_apart

KEY = b"k" * 32


def a_sample(seed: int, count: int) -> list[tuple[bytes, list[Truth]]]:
    """The first messages of a corpus."""
    return list(islice(messages(Random(seed), SEEN + UNSEEN), count))  # noqa: S311 - made again from its seed


def test_the_same_from_a_seed() -> None:
    """Figures can be repeated."""
    first, second = a_sample(5, 20), a_sample(5, 20)
    assert [planted for _, planted in first] == [planted for _, planted in second]
    assert a_sample(6, 20) != first


def test_found_and_nothing_else() -> None:
    """Of a sample nearly all is found and nearly nothing else; the targets are those of the benchmark."""
    analyst = Analyst(KEY, engine="re")
    wanted, found = set(), set()
    for raw, planted in a_sample(11, 250):
        wanted |= {(one.message_id, fingerprint(KEY, plain(one.value))) for one in planted}
        found |= {(one.message_id, one.fingerprint) for one in analyst.analyse(take_apart(raw, "x")).findings}
    assert len(wanted & found) >= 0.95 * len(wanted)
    assert len(wanted & found) >= 0.95 * len(found)
