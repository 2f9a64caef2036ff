"""Follows the pages of a collection, and nothing that a server only claims to be the next page."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final
from urllib.parse import unquote, urlsplit

from azremediate.core.errors import ServiceFailing
from azremediate.core.json_value import JsonObject, objects_at

MAX_PAGES: Final = 100_000


async def follow(
    fetch: Callable[[str], Awaitable[JsonObject]], first: str, prefix: str, limit: int = MAX_PAGES
) -> AsyncIterator[Sequence[JsonObject]]:
    """The pages from the address `first` on, each a list of objects.

    prefix: scheme, host, port and version that every page's address must have, e.g. https://graph.microsoft.com/v1.0.
    Raises `ServiceFailing` for a link elsewhere, a link that was followed before, and after `limit` pages.
    """
    seen = {first}
    address = first
    while True:
        page = await fetch(address)
        yield objects_at(page, "value")
        link = page.get("@odata.nextLink")
        if link is None:
            return
        address = checked_link(link, prefix)
        if address in seen:
            raise ServiceFailing("the service sent a page's link twice; the collection cannot be read to its end")
        if len(seen) >= limit:
            raise ServiceFailing(f"the collection has more than {limit} pages")
        seen.add(address)


def checked_link(link: object, prefix: str) -> str:
    """The link if it leads to the same service and version, else `ServiceFailing`; it is opaque otherwise."""
    if not isinstance(link, str) or not _same_place(link, prefix):
        raise ServiceFailing(
            "the service sent a next page's link that leads elsewhere; it was not followed",
            hint="somebody may be tampering with the connection: check endpoints and proxy",
        )
    return link


def _same_place(link: str, prefix: str) -> bool:
    if not link.isascii() or not link.isprintable() or any(mark in link for mark in (" ", "\\", "#")):
        return False
    try:
        there, here = urlsplit(link), urlsplit(prefix)
        same = (there.scheme, there.hostname, _port(there.scheme, there.port)) == (
            here.scheme,
            here.hostname,
            _port(here.scheme, here.port),
        )
    except ValueError:
        return False
    steps = unquote(there.path).split("/")
    inside = there.path.startswith(here.path.rstrip("/") + "/") and not {".", ".."} & set(steps)
    return same and inside and "@" not in there.netloc


def _port(scheme: str, port: int | None) -> int | None:
    return port if port is not None else {"https": 443, "http": 80}.get(scheme)
