"""Pages: what counts as a next page, and when following ends."""

import pytest

from azremediate.core.errors import ServiceFailing
from azremediate.core.json_value import JsonObject
from azremediate.tenant.pager import checked_link, follow

PREFIX = "https://graph.microsoft.com/v1.0"


@pytest.mark.parametrize(
    "link",
    [
        "https://graph.microsoft.com/v1.0/users?$skiptoken=m~A%3D%2E%2E",
        "https://graph.microsoft.com:443/v1.0/users?$skiptoken=@x",
        "https://GRAPH.microsoft.com/v1.0/users",
    ],
)
def test_a_link_to_the_same_place(link: str) -> None:
    """The link is taken as it is."""
    assert checked_link(link, PREFIX) == link


@pytest.mark.fault("N24")
@pytest.mark.parametrize(
    "link",
    [
        "http://graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com.evil.example/v1.0/users",
        "https://evil.example/v1.0/users",
        "https://graph.microsoft.com@evil.example/v1.0/users",
        "https://user:word@graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com:8443/v1.0/users",
        "https://graph.microsoft.com/beta/users",
        "https://graph.microsoft.com/v1.0",
        "https://graph.microsoft.com/v1.0evil/users",
        "https://graph.microsoft.com/v1.0/../beta/users",
        "https://graph.microsoft.com/v1.0/%2e%2e/beta/users",
        "https://graph.microsoft.com\\@evil.example/v1.0/users",
        "https://graph.microsoft.com/v1.0/users\r\nx: y",
        "https://graph.microsoft.com/v1.0/users#x",
        "https://gr\u0430ph.microsoft.com/v1.0/users",
        "https://[::1/v1.0/users",
        "https://graph.microsoft.com:99999/v1.0/users",
        "/v1.0/users",
        "file:///v1.0/users",
        "",
        7,
        {},
    ],
)
def test_a_link_elsewhere(link: object) -> None:
    """The link is refused, and not shown."""
    with pytest.raises(ServiceFailing) as raised:
        checked_link(link, PREFIX)
    assert "evil" not in raised.value.message


@pytest.mark.fault("N24")
async def test_a_loop_is_noticed() -> None:
    """A link that was followed before ends the reading with an error."""
    pages: dict[str, JsonObject] = {
        f"{PREFIX}/a": {"value": [], "@odata.nextLink": f"{PREFIX}/b"},
        f"{PREFIX}/b": {"value": [], "@odata.nextLink": f"{PREFIX}/a"},
    }

    async def fetch(url: str) -> JsonObject:
        return pages[url]

    with pytest.raises(ServiceFailing, match="twice"):
        _ = [page async for page in follow(fetch, f"{PREFIX}/a", PREFIX)]


@pytest.mark.fault("N24")
async def test_an_endless_collection_ends() -> None:
    """The number of pages has a limit."""
    count = 0

    async def fetch(_: str) -> JsonObject:
        nonlocal count
        count += 1
        return {"value": [], "@odata.nextLink": f"{PREFIX}/users?{count}"}

    with pytest.raises(ServiceFailing, match="more than 5 pages"):
        _ = [page async for page in follow(fetch, f"{PREFIX}/users", PREFIX, limit=5)]
    assert count == 5


@pytest.mark.parametrize("value", ["text", {"a": 1}, [1], [None]])
async def test_a_page_that_is_none(value: object) -> None:
    """A page whose value is not a list of objects is refused."""

    async def fetch(_: str) -> JsonObject:
        return {"value": value}  # type: ignore[dict-item]  # the service may send anything

    with pytest.raises(ServiceFailing):
        _ = [page async for page in follow(fetch, f"{PREFIX}/users", PREFIX)]
