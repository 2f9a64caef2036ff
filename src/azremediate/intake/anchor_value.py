"""What an anchor of the audit log may be in the configuration."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator

from azremediate.core.config import Anchor, AnchorKind
from azremediate.intake.problem import rule

_SCHEMES = ("udp", "tcp", "tls")
_FORMS = "must be stdout, `file: PATH` or `syslog: tls://HOST:PORT` (or tcp://, udp://)"
_LONGEST = 1000


def _anchor(value: object) -> Anchor:
    """From `kind`, `kind:place` (as variables and flags give it) or a mapping of one kind to its place."""
    if isinstance(value, Mapping) and len(value) == 1:
        ((kind, place),) = value.items()
    elif isinstance(value, str):
        kind, _, place = value.partition(":")
    else:
        raise rule(_FORMS)
    if kind not in set(AnchorKind) or not isinstance(place, str) or len(place) > _LONGEST or "\0" in place:
        raise rule(_FORMS)
    place = place.strip()
    if (kind == AnchorKind.STDOUT) is bool(place):
        raise rule(_FORMS)
    return Anchor(AnchorKind(kind), _server(place) if kind == AnchorKind.SYSLOG else place)


def _server(place: str) -> str:
    """The address of a syslog server; without a scheme it is plain TCP."""
    address = place if "://" in place else f"tcp://{place}"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise rule(_FORMS) from None
    if parts.scheme not in _SCHEMES or not parts.hostname or not port:
        raise rule(_FORMS)
    if "@" in parts.netloc or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise rule("must name host and port only")
    return address.rstrip("/")


def _distinct(items: tuple[Anchor, ...]) -> tuple[Anchor, ...]:
    if len(set(items)) != len(items):
        raise rule("must not name the same twice")
    return items


Anchors = Annotated[tuple[Annotated[Anchor, BeforeValidator(_anchor)], ...], AfterValidator(_distinct)]
