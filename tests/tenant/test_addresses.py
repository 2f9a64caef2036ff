"""Addresses: what a read's parts become."""

from azremediate.core.ports import Read, Version
from azremediate.tenant.addresses import headers_of, prefix_of, relative_url


def test_query_values_are_encoded() -> None:
    """Nothing in a value can end it."""
    read = Read("/users", {"$filter": "a eq 'b&c=d#e+f%g/h?i'", "$top": "5"})
    assert relative_url(read) == "/users?$filter=a%20eq%20'b%26c%3Dd%23e%2Bf%25g/h%3Fi'&$top=5"


def test_advanced() -> None:
    """Header and count; a count that was given stays."""
    assert relative_url(Read("/users", advanced=True)) == "/users?$count=true"
    assert relative_url(Read("/users", {"$count": "false"}, advanced=True)) == "/users?$count=false"
    assert headers_of(Read("/users", advanced=True)) == {"ConsistencyLevel": "eventual"}
    assert headers_of(Read("/users")) == {}


def test_prefix() -> None:
    """Base address and version."""
    assert prefix_of("https://graph.microsoft.com", Version.BETA) == "https://graph.microsoft.com/beta"
