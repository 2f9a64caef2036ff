"""Two notices held against each other."""

from azremediate.core.notice import NoticedMessage
from azremediate.core.notice_reading import NoticeReading
from azremediate.core.reconciliation import reconcile

COLUMNS = {"message_id": "id", "mailbox": "mailbox", "sender": "from"}


def _reading(name: str, *messages: NoticedMessage, flagged: bool = False) -> NoticeReading:
    columns = COLUMNS | ({"has_secret": "flag"} if flagged else {})
    return NoticeReading(name, "", "", len(messages), messages, (), (), columns)


def test_one_sided_and_differing_messages() -> None:
    """Each message is in one set; addresses are compared without case."""
    a = _reading("a", NoticedMessage("1", "u@x", "s@x"), NoticedMessage("2", "u@x", "s@x"), NoticedMessage("3"))
    b = _reading("b", NoticedMessage("1", "U@x", "S@x"), NoticedMessage("2", "v@x", "t@x"), NoticedMessage("4"))
    found = reconcile([a, b])
    assert found.shared == {("a", "b"): 2, ("a",): 1, ("b",): 1}
    assert [(one.message_id, one.notices, one.differs) for one in found.differences] == [
        ("2", ("a", "b"), ("mailbox", "sender")),
        ("3", ("a",), ()),
        ("4", ("b",), ()),
    ]
    assert found.differing == {"mailbox": 1, "sender": 1}


def test_a_missing_column_is_no_contradiction() -> None:
    """A list of all correspondence says nothing about secrets; one that has the column and says nothing differs."""
    flagged = _reading("a", NoticedMessage("1", has_secret=True), flagged=True)
    assert reconcile([flagged, _reading("b", NoticedMessage("1"))]).differing == {}
    silent = _reading("b", NoticedMessage("1"), flagged=True)
    assert reconcile([flagged, silent]).differing == {"has_secret": 1}


def test_messages_without_id_are_counted() -> None:
    """They cannot be compared, and are not lost."""
    assert reconcile([_reading("a", NoticedMessage("", "u@x")), _reading("b")]).without_id == 1
