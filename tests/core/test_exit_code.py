"""One code stands for several, by how serious they are."""

import pytest

from azremediate.core.exit_code import ExitCode, most_serious


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (set(), 0),
        ({0}, 0),
        ({7, 8, 3, 4, 5, 9, 130}, 7),
        ({8, 3, 4, 5, 9, 130}, 8),
        ({3, 4, 5, 9, 130}, 3),
        ({4, 5, 9, 130}, 4),
        ({5, 9, 130}, 5),
        ({9, 130, 1}, 9),
        ({130, 0}, 130),
        ({1, 0}, 1),
        ({2, 1}, 2),
        ({6}, 6),
    ],
    ids=str,
)
def test_most_serious(codes: set[int], expected: int) -> None:
    """7 before 8 before 3 before 4 before 5 before the rest."""
    assert most_serious({ExitCode(code) for code in codes}) == expected


def test_each_has_a_meaning() -> None:
    """The table of `--help` has no gap and no two codes say the same."""
    meanings = [code.meaning for code in ExitCode]
    assert all(meanings)
    assert len(set(meanings)) == len(meanings)
