"""Books that were altered are found out: a sample of what `make evidence` does to every byte and line of them."""

import random

import pytest

from tests.faults.tampering import RECORDS, Books

SEED = 20240409


@pytest.mark.fault("C7")
def test_log() -> None:
    """A flipped bit, a cut, a line left out, doubled or swapped: each is found."""
    chance = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    with Books() as books:
        assert books.log_bytes.count(b"\n") == RECORDS
        places = chance.sample(range(len(books.log_bytes)), 100)
        assert [at for at in places if not books.flipped(at)] == []
        assert [at for at in places if not books.cut(at)] == []
    with Books(6) as books:
        assert [what for what, found in books.lines() if not found] == []


@pytest.mark.fault("C6")
def test_journal() -> None:
    """A flipped bit or a cut: the journal is refused, or it says exactly what it said before."""
    chance = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    with Books(12) as books:
        size = len(books.journal_bytes)
        places = [page + chance.randrange(4096) for page in range(0, size, 4096) for _ in range(12)] + list(range(100))
        assert [wrong for at in places if (wrong := books.survived(at))] == []
        assert [wrong for at in places if (wrong := books.shortened(at))] == []


@pytest.mark.fault("C6")
def test_index() -> None:
    """A row that its index does not lead to any more would be taken for missing: that is damage too."""
    with Books(12) as books:
        key = b"R-20240409"
        places = [at for at in range(len(books.journal_bytes)) if books.journal_bytes.startswith(key, at)]
        assert len(places) > 24
        assert [wrong for at in places if (wrong := books.survived(at))] == []


def test_the_search_can_fail() -> None:
    """Books that nobody altered are as they were."""
    with Books(2) as books:
        assert not books.cut(len(books.log_bytes))
        assert books.shortened(len(books.journal_bytes)) == ""
