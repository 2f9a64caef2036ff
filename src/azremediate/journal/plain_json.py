"""What journal and audit log accept: plain JSON, and nothing that looks like a secret."""

import math
from collections.abc import Mapping, Sequence
from typing import NoReturn

from azremediate.core.errors import IntegrityBroken
from azremediate.core.json_value import Json, JsonObject

SECRET_NAMES = frozenset(
    {
        "accesstoken",
        "apikey",
        "assertion",
        "authorization",
        "clientassertion",
        "clientsecret",
        "connectionstring",
        "idtoken",
        "passphrase",
        "password",
        "privatekey",
        "refreshtoken",
        "secrettext",
        "secretvalue",
        "value",
    }
)
"""Names of members that hold secrets in the services' own answers, in lower case without separators."""

FAULT = "this is a fault of azremediate: please report it; no secret was written"
"""What to tell a person when the tool itself tried to record what must not be recorded."""

_LARGEST_NUMBER = 2**53 - 1
_DEEPEST = 32
_LONGEST_KEPT = 64 * 1024


def is_secret_name(name: str) -> bool:
    """Whether a member of this name holds a secret in the services' own answers."""
    return "".join(letter for letter in name.casefold() if letter.isalnum()) in SECRET_NAMES


def plain_object(value: JsonObject, what: str) -> dict[str, Json]:
    """A copy of `value` that has a canonical form; `what` names it in errors.

    Text that UTF-8 cannot carry is replaced by U+FFFD, very long text is cut, and numbers that JSON cannot carry
    exactly become text: a tenant decides what its objects are called, and must not be able to stop the record. A
    `Secret`, a member named like one, and whatever is not JSON raise `IntegrityBroken`, which never shows the value.
    """
    copy = _plain(value, what, 0)
    if not isinstance(copy, dict):
        _refuse(what, "is not a JSON object")
    return copy


def plain_text(text: str, longest: int = _LONGEST_KEPT) -> str:
    """The text as UTF-8 can carry it, cut to `longest` characters."""
    return text[:longest].encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _plain(value: object, what: str, depth: int) -> Json:
    if depth > _DEEPEST:
        _refuse(what, "is nested too deeply")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, int | float):
        return value if math.isfinite(value) and abs(value) <= _LARGEST_NUMBER else str(value)
    if isinstance(value, Mapping):
        return {_name(name, what): _plain(item, f"{what}.{name!s:.40}", depth + 1) for name, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [_plain(item, what, depth + 1) for item in value]
    return _refuse(what, f"is of type {type(value).__name__}, which is not JSON")


def _name(name: object, what: str) -> str:
    if not isinstance(name, str):
        _refuse(what, "has a member whose name is not a text")
    if is_secret_name(name):
        _refuse(what, f"has a member {name[:40]!r}, which is the name of a secret")
    return plain_text(name)


def _refuse(what: str, why: str) -> NoReturn:
    raise IntegrityBroken(
        f"{what[:200]} {why}; nothing of it was recorded",
        hint=FAULT,
    )
