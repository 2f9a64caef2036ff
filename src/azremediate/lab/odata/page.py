"""One page of a collection: which rows it shows, how many match in all, and the token of the page after it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from azremediate.lab.objects import JsonObject, Shelf
from azremediate.lab.odata.options import Options
from azremediate.lab.odata.predicate import keys
from azremediate.lab.odata.problem import QueryProblem

_EXPIRED: Final = "Directory_ExpiredPageToken"


@dataclass(frozen=True, slots=True)
class Page:
    """Rows by reference, never copies; `skiptoken` is None on the last page, `total` is None unless asked for."""

    rows: list[JsonObject]
    total: int | None
    skiptoken: str | None


def cut_page(source: Collection[JsonObject] | Shelf, options: Options, scope: str) -> Page:
    """Return the page that `options` ask for; `scope` names the collection, so that tokens fit no other one.

    A filter that pins down id or the alternate key reads the index of a Shelf instead of every object.
    """
    rows = _candidates(source, options)
    position = _position(options, scope)
    if options.order:
        matching: Iterable[JsonObject] = _sorted(filter(options.matches, rows), options.order)
        raw = list(matching)
        window, after = raw[position : position + options.top], position + options.top
        more = after < len(raw)
    else:
        window, after, more = _scan(rows, options.matches, position, options.top)
    total = sum(1 for row in rows if options.matches is None or options.matches(row)) if _counts(options) else None
    return Page(window, total, _token(after, options, scope) if more else None)


def count_rows(source: Collection[JsonObject] | Shelf, options: Options) -> int:
    """Return how many objects match."""
    rows = _candidates(source, options)
    return len(rows) if options.matches is None else sum(1 for row in rows if options.matches(row))


def _counts(options: Options) -> bool:
    return options.count and options.skiptoken is None


def _candidates(source: Collection[JsonObject] | Shelf, options: Options) -> Collection[JsonObject]:
    if not isinstance(source, Shelf):
        return source
    if options.tree is None:
        return source.values()
    alternate = "" if source.alternate == "displayName" else source.alternate
    named = keys(options.tree, ("id", alternate))
    if named is None:
        return source.values()
    by_id = (source.get(value.lower()) for name, value in named if name == "id")
    by_alternate = (source.by_alternate(value) for name, value in named if name != "id")
    return _unique((*by_id, *by_alternate))


def _unique(found: Iterable[JsonObject | None]) -> list[JsonObject]:
    return list({item["id"]: item for item in found if item is not None}.values())


def _scan(
    rows: Collection[JsonObject], matches: Callable[[Any], bool] | None, position: int, top: int
) -> tuple[list[JsonObject], int, bool]:
    """Collect `top` matching rows from a raw position on; `after` is the raw position behind the last of them."""
    window: list[JsonObject] = []
    after = position
    for index, row in enumerate(islice(rows, position, None), position):
        if matches is None or matches(row):
            if len(window) == top:
                return window, after, True
            window.append(row)
            after = index + 1
    return window, after, False


def _sorted(rows: Iterator[JsonObject], order: tuple[tuple[str, bool], ...]) -> list[JsonObject]:
    found = list(rows)
    for name, descending in reversed(order):
        found.sort(key=lambda row, name=name: _sort_key(row.get(name)), reverse=descending)  # type: ignore[misc]  # the default binds the loop variable
    return found


def _sort_key(value: object) -> tuple[bool, Any]:
    return (value is not None, value.casefold() if isinstance(value, str) else value or 0)


def _digest(options: Options, scope: str) -> str:
    text = repr((scope, options.tree, options.order))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _token(position: int, options: Options, scope: str) -> str:
    text = json.dumps([position, _digest(options, scope)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _position(options: Options, scope: str) -> int:
    if options.skiptoken is None:
        return 0
    padded = options.skiptoken + "=" * (-len(options.skiptoken) % 4)
    try:
        position, digest = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError) as error:
        raise QueryProblem("The specified page token value is invalid.", code=_EXPIRED) from error
    if digest != _digest(options, scope) or not isinstance(position, int) or position < 0:
        raise QueryProblem("The specified page token value is invalid.", code=_EXPIRED)
    return position
