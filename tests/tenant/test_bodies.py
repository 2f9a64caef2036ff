"""Bodies: hostile bytes into values or one error, values with secrets into bytes."""

import json
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azremediate.core.secret import Secret
from azremediate.core.write import Body
from azremediate.tenant.bodies import MAX_DEPTH, Unreadable, encode_body, parse_object

JSON = "application/json;odata.metadata=minimal"


@pytest.mark.fault("N7", "N25")
@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_unreadable(body: bytes) -> None:
    """Nothing else comes out, whatever comes in."""
    try:
        value = parse_object(body, JSON)
    except Unreadable as error:
        assert error.__context__ is None
    else:
        assert isinstance(value, dict)


@pytest.mark.fault("N25")
@given(st.integers(1, 60))
def test_depth_has_a_limit(depth: int) -> None:
    """At most 32 levels."""
    body = b'{"a":' * depth + b"1" + b"}" * depth
    if depth <= MAX_DEPTH:
        assert parse_object(body, JSON)
    else:
        with pytest.raises(Unreadable):
            parse_object(body, JSON)


def test_a_wide_object_is_not_deep() -> None:
    """Many containers side by side are fine."""
    value = {"value": [{"id": str(number), "roles": []} for number in range(1000)]}
    assert parse_object(json.dumps(value).encode(), JSON) == value


def test_an_emoji_is_not_half_a_surrogate() -> None:
    """Escaped pairs are text."""
    assert parse_object(b'{"a": "\\ud83d\\ude00"}', JSON) == {"a": "\U0001f600"}


def test_secrets_are_put_in_at_the_last_moment() -> None:
    """Values are in the bytes, in any depth."""
    text = secrets.token_urlsafe(24) + '"\\'
    body: Body = {"a": [Secret(text), {"b": Secret(text)}], "c": None, "d": True, "e": 1.5}
    assert json.loads(encode_body(body)) == {"a": [text, {"b": text}], "c": None, "d": True, "e": 1.5}
    assert encode_body(None) == b""
