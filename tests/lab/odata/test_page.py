"""Pages of a collection: order, totals, tokens."""

from __future__ import annotations

import pytest

from azremediate.lab.objects import JsonObject, Shelf
from azremediate.lab.odata.options import Options, parse_options
from azremediate.lab.odata.page import Page, count_rows, cut_page
from azremediate.lab.odata.problem import QueryProblem
from azremediate.lab.schema.directory import APPLICATION
from azremediate.lab.schema.entity import EntityType
from azremediate.lab.schema.logs import DIRECTORY_AUDIT

ADVANCED = {"consistencylevel": "eventual"}


def shelf(count: int) -> Shelf:
    """Return that many applications."""
    return Shelf(
        "appId", ({"id": f"id-{n:03}", "appId": f"app-{n:03}", "displayName": f"App {n % 7}"} for n in range(count))
    )


def options(query: str, *, advanced: bool = False, entity: EntityType = APPLICATION) -> Options:
    """Read a query string."""
    return parse_options(query, ADVANCED if advanced else {}, entity)


def walk(source: Shelf, query: str, *, advanced: bool = False) -> list[Page]:
    """Follow the pages of a query to the end."""
    pages = [cut_page(source, options(query, advanced=advanced), "/x")]
    while pages[-1].skiptoken is not None:
        query_of_page = f"{query}&$skiptoken={pages[-1].skiptoken}"
        pages.append(cut_page(source, options(query_of_page, advanced=advanced), "/x"))
    return pages


@pytest.mark.parametrize(("total", "top", "expected"), [(0, 5, [0]), (5, 5, [5]), (6, 5, [5, 1]), (12, 5, [5, 5, 2])])
def test_every_row_once(total: int, top: int, expected: list[int]) -> None:
    """Pages are full but for the last, and together hold each row once, in order."""
    pages = walk(shelf(total), f"$top={top}")
    assert [len(page.rows) for page in pages] == expected
    assert [row["id"] for page in pages for row in page.rows] == list(shelf(total))


def test_filtered_pages() -> None:
    """A filter thins the rows out before they are counted into pages."""
    pages = walk(shelf(70), "$top=4&$filter=displayName eq 'App 3'")
    assert [len(page.rows) for page in pages] == [4, 4, 2]
    assert all(row["displayName"] == "App 3" for page in pages for row in page.rows)


def test_ordered_pages() -> None:
    """An order holds across pages, and the total is told once."""
    pages = walk(shelf(20), "$top=6&$orderby=displayName desc&$count=true", advanced=True)
    names = [row["displayName"] for page in pages for row in page.rows]
    assert names == sorted(names, reverse=True)
    assert [page.total for page in pages] == [20, None, None, None]


def test_default_page() -> None:
    """Without $top a page has a hundred rows."""
    assert len(cut_page(shelf(150), options(""), "/x").rows) == 100


class NoScan(Shelf):
    """A shelf that can be asked for an object but not gone through."""

    def values(self) -> object:  # type: ignore[override]  # it refuses
        raise AssertionError("every object was read")


@pytest.mark.parametrize(
    "text", ["appId eq 'APP-007'", "id in ('id-007')", "appId eq 'app-007' and displayName eq 'App 0'"]
)
def test_index(text: str) -> None:
    """A filter on a key reads no other object."""
    source = NoScan("appId", ({"id": f"id-{n:03}", "appId": f"app-{n:03}", "displayName": "App 0"} for n in range(20)))
    assert [row["id"] for row in cut_page(source, options(f"$filter={text}"), "/x").rows] == ["id-007"]
    assert count_rows(source, options(f"$filter={text}")) == 1


def test_token_of_another_query() -> None:
    """A token is good for its own collection and filter only; anything else is no token."""
    source = shelf(30)
    token = cut_page(source, options("$top=5"), "/x").skiptoken
    assert token is not None
    for query, scope in ((f"$top=5&$skiptoken={token}", "/y"), (f"$filter=id ge 'a'&$skiptoken={token}", "/x")):
        with pytest.raises(QueryProblem):
            cut_page(source, options(query), scope)
    for text in ("", "x", "AAAA", "W10", "WyJhIiwgMV0", "\u00e9"):
        with pytest.raises(QueryProblem):
            cut_page(source, Options(skiptoken=text), "/x")


@pytest.mark.parametrize(
    "query",
    [
        *(
            "$top=0",
            "$top=1000",
            "$top=x",
            "$top=-1",
            "$skip=2",
            "$search=x",
            "unknown=1",
            "$count=maybe",
            "$select=nothing",
        ),
        *("$select=", "$orderby=nothing", "$orderby=displayName down", "$orderby=tags", "$orderby=createdDateTime"),
        *("$filter=displayName ne 'x'", "$filter=startswith(displayName,'x')&$orderby=displayName", "$expand=nothing"),
        *("$expand=owners,appManagementPolicies", "$top=1&$top=2", "$expand=owners($filter=id eq 'x')"),
    ],
)
def test_refusal(query: str) -> None:
    """Options Graph does not offer on directory objects are refused, not ignored."""
    with pytest.raises(QueryProblem):
        options(query)


def test_advanced() -> None:
    """The header alone is not enough: $count=true has to come with it; and then $expand is not possible."""
    with pytest.raises(QueryProblem):
        options("$filter=displayName ne 'x'", advanced=True)
    assert options("$filter=displayName ne 'x'&$count=true", advanced=True).count
    with pytest.raises(QueryProblem):
        options("$count=true&$expand=owners", advanced=True)


def test_count_without_header() -> None:
    """For directory objects $count=true is ignored without the header; a log counts without it."""
    assert not options("$count=true").count
    assert options("$count=true", entity=DIRECTORY_AUDIT).count


def test_rows_are_shared() -> None:
    """A page refers to the rows of the store, it does not copy them."""
    row: JsonObject = {"id": "x"}
    assert cut_page([row], options(""), "/x").rows[0] is row
