"""Which messages are wanted, and which names may get into an address."""

import pytest

from azremediate.core.mailbox import MailHead, WantedMail, key_of, usable_name

HEAD = MailHead(
    "1", "m@x", "2026-01-01T00:00:00Z", ("help@eu.fabrikam.example",), ("omar@contoso.example", "a@b.example")
)


@pytest.mark.parametrize(
    ("senders", "recipients", "taken"),
    [
        ((), (), True),
        (("fabrikam.example",), (), True),
        (("@fabrikam.example",), (), True),
        (("help@eu.fabrikam.example",), (), True),
        (("help@fabrikam.example",), (), False),
        (("rikam.example",), (), False),
        (("other.example", "fabrikam.example"), ("b.example",), True),
        (("fabrikam.example",), ("c.example",), False),
        ((), ("omar@contoso.example",), True),
        ((), ("mar@contoso.example",), False),
    ],
)
def test_addresses(senders: tuple[str, ...], recipients: tuple[str, ...], taken: bool) -> None:
    """A domain stands for what is below it, an address for itself; one of each kind has to fit."""
    assert WantedMail(senders=senders, recipients=recipients).takes(HEAD) is taken


def test_no_sender_is_from_nobody() -> None:
    """A draft without a sender fits no sender."""
    assert not WantedMail(senders=("x.example",)).takes(MailHead("1", "", ""))


@pytest.mark.parametrize(
    ("name", "usable"),
    [
        ("omar.user@contoso.onmicrosoft.com", True),
        ("g_x#EXT#@contoso.example", True),
        ("11111111-1111-4111-8111-111111111111", True),
        ("omar", False),
        ("../../x@y", False),
        ("a/b@x", False),
        ("a@x?y", False),
        ("a%2f@x", False),
        ("a@x\n", False),
        ("a" * 101 + "@x", False),
    ],
)
def test_names(name: str, usable: bool) -> None:
    """Only what looks like a user principal name or an object id."""
    assert usable_name(name) is usable


def test_keys() -> None:
    """A message has its own key in each mailbox, however the mailbox is written."""
    assert key_of("A@x", "1") == key_of("a@X", "1")
    assert len({key_of("a@x", "1"), key_of("b@x", "1"), key_of("a@x", "2")}) == 3
