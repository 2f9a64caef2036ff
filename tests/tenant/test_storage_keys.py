"""Keys come wrapped, and an answer that is not as expected is refused without being repeated."""

import pytest

from azremediate.core.errors import ServiceFailing
from azremediate.tenant.storage_keys import keys_in

GOOD = {"keyName": "key1", "value": "c2VjcmV0", "permissions": "FULL", "creationTime": "2024-04-09T17:00:00.1234567Z"}


def test_keys() -> None:
    """Name and time are told, the value is not."""
    (key,) = keys_in({"keys": [GOOD]})
    assert (key.name, key.created is not None) == ("key1", True)
    assert "c2VjcmV0" not in repr(key)
    assert keys_in({"keys": [{**GOOD, "creationTime": None}]})[0].created is None


@pytest.mark.parametrize(
    "change",
    [{"value": None}, {"value": ""}, {"keyName": ""}, {"creationTime": "c2VjcmV0"}, {"creationTime": "2024-04-09"}],
    ids=str,
)
def test_nonsense(change: dict[str, str | None]) -> None:
    """No part of the answer gets into the message: it may be the value in another member."""
    with pytest.raises(ServiceFailing) as caught:
        keys_in({"keys": [{**GOOD, **change}]})
    assert "c2VjcmV0" not in str(caught.value)
