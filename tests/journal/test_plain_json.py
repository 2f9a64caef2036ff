"""What journal and audit log accept."""

import math
import secrets

import pytest

from azremediate.core.errors import IntegrityBroken
from azremediate.core.json_value import JsonObject, canonical
from azremediate.core.secret import Secret
from azremediate.journal.plain_json import is_secret_name, plain_object


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param({"a": "\ud800x"}, {"a": "\ufffd\ufffd\ufffdx"}, id="text that UTF-8 cannot carry"),
        pytest.param({"\udc00": 1}, {"\ufffd\ufffd\ufffd": 1}, id="name that UTF-8 cannot carry"),
        pytest.param({"a": 2**60}, {"a": str(2**60)}, id="large integer"),
        pytest.param({"a": 1e17}, {"a": "1e+17"}, id="large number"),
        pytest.param({"a": math.nan}, {"a": "nan"}, id="not a number"),
        pytest.param({"a": -math.inf}, {"a": "-inf"}, id="infinite"),
        pytest.param({"a": (1, [None, True])}, {"a": [1, [None, True]]}, id="lists"),
        pytest.param({"a": "x" * 70_000}, {"a": "x" * 65_536}, id="long text"),
        pytest.param({"a": "\u202e\x1b[31m"}, {"a": "\u202e\x1b[31m"}, id="control characters"),
    ],
)
def test_whatever_a_tenant_answers_is_kept(given: JsonObject, kept: JsonObject) -> None:
    """A tenant cannot stop the record by what it answers."""
    copy = plain_object(given, "facts")
    assert copy == kept
    canonical(copy)


@pytest.mark.fault("S1")
@pytest.mark.parametrize(
    "name", ["secretText", "SECRETTEXT", "client_secret", "clientSecret", "password", "access-token", "value"]
)
def test_names_of_secrets_are_refused(name: str) -> None:
    """A member that holds a secret in the services' own answers is never recorded, whatever it holds."""
    text = secrets.token_urlsafe(30)
    with pytest.raises(IntegrityBroken) as caught:
        plain_object({"deep": [{name: text}]}, "facts")
    assert text not in str(caught.value)


@pytest.mark.parametrize("name", ["passwordCredentials", "lastPasswordChangeDateTime", "keyId", "secretVersion"])
def test_other_names_are_not(name: str) -> None:
    """Names that only resemble them are fine."""
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "wrong",
    [Secret("fake-secret-for-tests"), b"bytes", object(), {1: 2}],
    ids=["secret", "bytes", "object", "number as name"],
)
def test_what_is_not_json_is_refused(wrong: object) -> None:
    """A `Secret` and anything else that is not JSON stops the record."""
    with pytest.raises(IntegrityBroken, match="nothing of it was recorded"):
        plain_object({"a": [wrong]}, "facts")  # type: ignore[list-item]  # wrong on purpose


def test_depth_is_bounded() -> None:
    """Deep nesting is refused before it exhausts the stack."""
    value: JsonObject = {}
    for _ in range(5000):
        value = {"a": value}
    with pytest.raises(IntegrityBroken, match="nested too deeply"):
        plain_object(value, "facts")
