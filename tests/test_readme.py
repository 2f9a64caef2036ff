"""README and docs say what the program says."""

import re
from pathlib import Path

import pytest

from azremediate.cli.reference import BLOCKS, renewed

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_blocks_are_current() -> None:
    """The help and the permissions in README are what the program prints (renew them with `make readme`)."""
    assert renewed(README) == README


def test_every_block_is_there() -> None:
    """No block was lost from README."""
    assert set(re.findall(r"<!-- made: ([\w-]+) -->", README)) == set(BLOCKS)


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    """Each relative link names a file that exists."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_check_can_fail() -> None:
    """A block that says something else is found."""
    assert renewed("<!-- made: help -->\nold\n<!-- end -->") != "<!-- made: help -->\nold\n<!-- end -->"
