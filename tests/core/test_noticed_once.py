"""What counts as the same message, and that no row is lost on the way."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from azremediate.core.notice import NoticedMessage
from azremediate.core.noticed_once import merge_messages

FIRST = NoticedMessage("a@x", "ana@contoso.com", sender="s@x", file="n.csv", row=2)


def test_same_message_and_mailbox() -> None:
    """Mailboxes are compared without case, message ids exactly; what the first row lacks comes from the second."""
    second = replace(FIRST, mailbox="ANA@contoso.com", has_secret=True, secret_type="Password", row=3)
    other = replace(FIRST, message_id="A@x", row=4)
    messages, duplicates = merge_messages([FIRST, second, other])
    assert [(one.message_id, one.has_secret, one.secret_type) for one in messages] == [
        ("a@x", True, "Password"),
        ("A@x", None, ""),
    ]
    assert [(one.row, one.of_row, one.differs) for one in duplicates] == [(3, 2, ())]


def test_two_mailboxes_stay_two() -> None:
    """The same message was read in both."""
    messages, duplicates = merge_messages([FIRST, replace(FIRST, mailbox="bob@contoso.com", row=3)])
    assert [one.mailbox for one in messages] == ["ana@contoso.com", "bob@contoso.com"]
    assert duplicates == ()


def test_a_row_without_mailbox_adds_to_every_mailbox() -> None:
    """It is no exposure of its own, before or after the others, and counts once as a duplicate."""
    flag = replace(FIRST, mailbox="", has_secret=True, row=1)
    messages, duplicates = merge_messages([flag, FIRST, replace(FIRST, mailbox="bob@contoso.com", row=3)])
    assert [(one.mailbox, one.has_secret) for one in messages] == [("ana@contoso.com", True), ("bob@contoso.com", True)]
    assert [one.row for one in duplicates] == [1]


def test_contradictions_are_named() -> None:
    """The first row's word stands, that a secret is known counts, and the fields that differ are listed."""
    second = replace(FIRST, sender="t@x", has_secret=False, row=3)
    messages, duplicates = merge_messages([replace(FIRST, has_secret=True), second])
    assert (messages[0].sender, messages[0].has_secret) == ("s@x", True)
    assert duplicates[0].differs == ("sender", "has_secret")


def test_without_message_id() -> None:
    """Rows are the same when mailbox, sender, subject and time are; a row with an id is another message."""
    bare = replace(FIRST, message_id="", sent="2024-01-02T00:00:00.000Z")
    messages, duplicates = merge_messages([bare, replace(bare, row=3), replace(bare, subject="x", row=4), FIRST])
    assert (len(messages), [one.row for one in duplicates]) == (3, [3])


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "a@x", "b@x"]), st.sampled_from(["", "u@x", "U@x", "v@x"]), st.booleans()),
        max_size=30,
    )
)
def test_no_row_is_lost(rows: list[tuple[str, str, bool]]) -> None:
    """Rows in are messages and duplicates, each row once."""
    given_rows = [NoticedMessage(one, box, has_secret=flag, row=at) for at, (one, box, flag) in enumerate(rows)]
    messages, duplicates = merge_messages(given_rows)
    assert sorted([*(one.row for one in messages), *(one.row for one in duplicates)]) == list(range(len(rows)))
