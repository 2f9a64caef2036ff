"""A mailbox serves four requests of an application at a time; the fifth is told to wait."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from azremediate.lab.mailbox_limit import CONCURRENT, MailboxLimit, mailbox_of

PATH = "/v1.0/users/omar@x/messages/1/$value"


@pytest.mark.parametrize(
    ("path", "mailbox"),
    [
        (PATH, "omar@x"),
        ("/users/Omar@x/messages", "omar@x"),
        ("/beta/users/a/mailFolders/1", "a"),
        ("/v1.0/users/a", ""),
        ("/v1.0/users/a/messagesOther", ""),
        ("/v1.0/groups/a/messages", ""),
    ],
)
def test_paths(path: str, mailbox: str) -> None:
    """Only requests for mail count."""
    assert mailbox_of(path) == mailbox


def test_the_fifth_is_refused() -> None:
    """Each application and each mailbox has its own four places, and a place is free again afterwards."""
    limit = MailboxLimit()
    with ExitStack() as stack:
        places = [stack.enter_context(limit.place("app", PATH)) for _ in range(CONCURRENT + 1)]
        assert [place is None for place in places] == [True] * CONCURRENT + [False]
        refusal = places[-1]
        assert refusal is not None
        assert (refusal.status, refusal.header("retry-after")) == (429, "1")
        assert stack.enter_context(limit.place("other", PATH)) is None
        assert stack.enter_context(limit.place("app", PATH.replace("omar", "petra"))) is None
        assert stack.enter_context(limit.place("app", "/v1.0/users")) is None
    with limit.place("app", PATH) as place:
        assert place is None
    assert limit.most == CONCURRENT + 1
