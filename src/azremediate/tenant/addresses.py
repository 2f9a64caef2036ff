"""Addresses of reads and writes, from parts that were checked before they became an address."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, unquote

from azremediate.core.errors import RequestRefused
from azremediate.core.ports import Read, Version

_PATH: Final = re.compile(r"/[A-Za-z0-9$][A-Za-z0-9$._~%()'=,:@!*/-]*")
_PLAIN: Final = "$,()':/@"


def relative_url(read: Read) -> str:
    """The address of a read below its version, e.g. /users?$select=id; raises `RequestRefused` for an unusable path."""
    query = dict(read.query)
    if read.advanced:
        query.setdefault("$count", "true")
    return checked_path(read.path) + _query_text(query)


def headers_of(read: Read) -> dict[str, str]:
    """The headers that a read needs beside those of every request."""
    return {"ConsistencyLevel": "eventual"} if read.advanced else {}


def prefix_of(base: str, version: Version) -> str:
    """What every address of a version starts with."""
    return f"{base}/{version.value}"


def checked_path(path: str) -> str:
    """The path, or `RequestRefused` when it could lead out of its service: nothing is sent then."""
    steps = unquote(path).casefold().split("/")
    # a batch could hold any request: only the batcher sends one, and only with reads in it
    if not _PATH.fullmatch(path) or {".", "..", "$batch"} & set(steps):
        raise RequestRefused("the request's path is not usable; nothing was sent")
    return path


def _query_text(query: Mapping[str, str]) -> str:
    if not query:
        return ""
    return "?" + "&".join(f"{quote(name, safe='$')}={quote(value, safe=_PLAIN)}" for name, value in query.items())
