"""What a value of the configuration may be: identifiers, addresses, durations and limits, each with its rule."""

import re
from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated
from unicodedata import category
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from azremediate.core.errors import InputInvalid
from azremediate.core.parameters import parse_duration
from azremediate.intake.problem import rule

GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

_SECRET_NAME = re.compile(r"[0-9A-Za-z-]{1,100}")


def is_loopback(host: str) -> bool:
    """Whether a host names this machine itself."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _guid(text: str) -> str:
    if GUID.fullmatch(text.lower()) is None:
        raise rule("must be a GUID, such as 11111111-2222-3333-4444-555555555555")
    return text.lower()


def _distinct(items: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(items)) != len(items):
        raise rule("must not name the same twice")
    return items


def _path(text: str) -> str:
    """A path without line feeds and the like, which would break lines of logs and tables, or hide what is behind."""
    if any(category(letter) in ("Cc", "Zl", "Zp") for letter in text):
        raise rule("must be a path without control characters")
    return text


def _span(value: object) -> timedelta:
    try:
        return parse_duration(value if isinstance(value, str) else "")
    except InputInvalid:
        raise rule("must be an ISO 8601 duration, such as PT15M, PT2H or P1D") from None


def _lasting(span: timedelta) -> timedelta:
    if not span:
        raise rule("must be longer than nothing")
    return span


def _address(text: str, schemes: tuple[str, ...]) -> str:
    try:
        parts = urlsplit(text)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        raise rule("must be an address, such as https://example.net") from None
    if parts.scheme not in schemes or not parts.hostname or not port_is_fine:
        raise rule(f"must be an address that starts with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    if "@" in parts.netloc or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise rule("must be a base address: no user name, path, query or fragment")
    return text.rstrip("/")


def _endpoint(text: str) -> str:
    address = _address(text, ("http", "https"))
    if not is_loopback(urlsplit(address).hostname or ""):
        raise rule("must be on the loopback interface, such as http://127.0.0.1:8080")
    return address


def _vault(text: str) -> str:
    return _address(text, ("https",))


def _name_pattern(text: str) -> str:
    if text.count("{app_id}") != 1 or _SECRET_NAME.fullmatch(text.replace("{app_id}", "0" * 36)) is None:
        raise rule("must hold {app_id} once and else only letters, digits and '-', 100 characters in all")
    return text


def _secret_name(text: str) -> str:
    if _SECRET_NAME.fullmatch(text) is None:
        raise rule("must be a secret's name: up to 100 letters, digits and '-'")
    return text


def _own_names(names: dict[str, str]) -> dict[str, str]:
    if len({name.lower() for name in names.values()}) != len(names):
        raise rule("must not give two applications the same secret")
    return names


Text = Annotated[str, Field(strict=True, min_length=1, max_length=1000)]
PathText = Annotated[Text, AfterValidator(_path)]
Guid = Annotated[Text, AfterValidator(_guid)]
Guids = Annotated[tuple[Guid, ...], AfterValidator(_distinct)]
Endpoint = Annotated[Text, AfterValidator(_endpoint)]
VaultUrl = Annotated[Text, AfterValidator(_vault)]
NamePattern = Annotated[Text, AfterValidator(_name_pattern)]
SecretName = Annotated[Text, AfterValidator(_secret_name)]
SecretNames = Annotated[dict[Guid, SecretName], AfterValidator(_own_names)]
Span = Annotated[timedelta, BeforeValidator(_span)]
LastingSpan = Annotated[Span, AfterValidator(_lasting)]
Limit = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Batches = tuple[Annotated[int, Field(ge=1, le=1_000_000)], ...]
Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Rate = Annotated[float, Field(strict=True, gt=0, le=1_000_000)]
Percent = Annotated[float, Field(strict=True, ge=0, le=100)]
Flag = Annotated[bool, Field(strict=True)]
