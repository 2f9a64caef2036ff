"""A secret cannot leave its object by accident."""

import copy
import json
import pickle
from collections.abc import Callable

import pytest
import rfc8785

from azremediate.core.codec import encode
from azremediate.core.secret import Secret

VALUE = "obviously-fake-0123456789"

LEAKS: dict[str, Callable[[Secret], object]] = {
    "str": str,
    "format": lambda secret: f"{secret}",
    "percent": lambda secret: "%s" % secret,  # noqa: UP031 - the old way has to refuse too
    "len": len,
    "iter": list,
    "bool": bool,
    "equal": lambda secret: secret == VALUE,
    "hash": hash,
    "bytes": lambda secret: bytes(secret),
    "pickle": pickle.dumps,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "json": json.dumps,
    "canonical": rfc8785.dumps,  # type: ignore[dict-item]  # a secret is no JSON value
    "encode": encode,
    "vars": vars,
}


@pytest.mark.parametrize("name", LEAKS)
def test_refuses(name: str) -> None:
    """Everything that would turn it into text, bytes, a copy or a comparison raises, without the value."""
    with pytest.raises((TypeError, rfc8785.CanonicalizationError)) as raised:
        LEAKS[name](Secret(VALUE))
    assert VALUE not in str(raised.value)


@pytest.mark.fault("S2")
def test_repr_hides() -> None:
    """A traceback or a log that shows the object shows nothing."""
    assert VALUE not in repr(Secret(VALUE))
    assert VALUE not in repr([Secret(VALUE)])


def test_use_hands_over_the_value() -> None:
    """The one way in is a function that is called with the value."""
    assert Secret(VALUE).use(len) == len(VALUE)


def test_empty_is_no_secret() -> None:
    """An empty text would be a mistake of the caller."""
    with pytest.raises(ValueError, match="not empty"):
        Secret("")
