"""The same message told twice is one: which rows of notices mean the same, and what they say together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from azremediate.core.notice import NoticedMessage
from azremediate.core.notice_reading import DuplicateRow

FIELDS = ("mailbox", "sender", "recipients", "subject", "sent", "has_secret", "secret_type", "notice_id")
"""What two rows of one message may say otherwise."""

_Key = tuple[str, ...]


def merge_messages(rows: Sequence[NoticedMessage]) -> tuple[tuple[NoticedMessage, ...], tuple[DuplicateRow, ...]]:
    """Each message once for each mailbox that holds it, and the rows that were merged into earlier ones.

    Message ids are compared exactly, mailboxes without case. The same message in two mailboxes stays two: each was
    read by the attacker, and each can be fetched. A row without a mailbox adds to what other rows of its message say,
    and is none of its own when one of these has a mailbox. Rows without message id are the same when mailbox, sender,
    subject and time are.
    """
    groups: dict[_Key, list[NoticedMessage]] = {}
    for row in rows:
        groups.setdefault(_key(row), []).append(row)
    homeless = _homeless(groups)
    messages: list[NoticedMessage] = []
    duplicates: list[DuplicateRow] = []
    told: set[str] = set()
    for group in groups.values():
        extra = homeless.get(group[0].message_id, ()) if group[0].message_id else ()
        if extra and not group[0].mailbox:
            continue
        messages.append(_together([*group, *extra]))
        once = () if group[0].message_id in told else extra
        told.add(group[0].message_id)
        duplicates.extend(_duplicate(group[0], row) for row in (*group[1:], *once))
    return tuple(messages), tuple(sorted(duplicates, key=lambda one: (one.file, one.row)))


def differing(first: NoticedMessage, second: NoticedMessage) -> tuple[str, ...]:
    """The fields in which both say something and not the same."""
    pairs = ((name, said(first, name), said(second, name)) for name in FIELDS)
    return tuple(name for name, one, other in pairs if one is not None and other is not None and one != other)


def said(row: NoticedMessage, name: str) -> object:
    """What a row says in one field in a form that can be compared; None when it says nothing."""
    value = getattr(row, name)
    if name in ("mailbox", "sender", "secret_type"):
        value = value.casefold()
    elif name == "recipients":
        value = frozenset(one.casefold() for one in value)
    return None if value in ("", frozenset()) else value


def _key(row: NoticedMessage) -> _Key:
    mailbox = row.mailbox.casefold()
    if row.message_id:
        return row.message_id, mailbox
    return "", mailbox, row.sender.casefold(), row.subject, row.sent


def _homeless(groups: Mapping[_Key, list[NoticedMessage]]) -> dict[str, list[NoticedMessage]]:
    """For each message of which some rows name a mailbox, those that name none."""
    housed = {group[0].message_id for group in groups.values() if group[0].mailbox}
    lone = (group for group in groups.values() if not group[0].mailbox)
    return {group[0].message_id: group for group in lone if group[0].message_id in housed}


def _together(rows: Sequence[NoticedMessage]) -> NoticedMessage:
    """The first row with what it lacks from the others; that one of them knows of a secret counts."""
    first = rows[0]
    if len(rows) == 1:
        return first
    flags = {row.has_secret for row in rows}
    return replace(
        first,
        sender=_first(row.sender for row in rows),
        recipients=tuple(dict.fromkeys(one for row in rows for one in row.recipients)),
        subject=_first(row.subject for row in rows),
        sent=_first(row.sent for row in rows),
        has_secret=True if True in flags else False if False in flags else None,
        secret_type=_joined(row.secret_type for row in rows),
        notice_id=_joined(row.notice_id for row in rows),
        source=_joined(row.source for row in rows),
        context={name: text for row in reversed(rows) for name, text in row.context.items()},
    )


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")


def _joined(texts: Iterable[str]) -> str:
    parts = (part for text in texts for part in text.split("; "))
    return "; ".join(dict.fromkeys(part for part in parts if part))


def _duplicate(first: NoticedMessage, row: NoticedMessage) -> DuplicateRow:
    return DuplicateRow(row.file, row.row, first.file, first.row, differing(first, row))
