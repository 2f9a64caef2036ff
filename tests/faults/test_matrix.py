"""Every row of the fault matrix has a test, or stands in the list of those that have none, with the reason."""

import pytest

from tests.faults.matrix import ROWS, listed, marked


def test_there_are_78_rows() -> None:
    """The matrix is the whole one."""
    assert len(ROWS) == len(set(ROWS)) == 78


@pytest.mark.parametrize("row", ROWS)
def test_row(row: str) -> None:
    """A row is proven by a marked test, or listed as open and has no test that says otherwise."""
    state, why = listed().get(row, ("", ""))
    tests = marked().get(row, [])
    if state == "open":
        assert (tests, len(why) > 20) == ([], True)
    else:
        assert tests


def test_no_mark_without_a_row() -> None:
    """A mark names a row that exists."""
    assert set(marked()) <= set(ROWS)
    assert set(listed()) <= set(ROWS)
