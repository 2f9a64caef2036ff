"""The messages of notices as a credential list: who is to do what about which message."""

import csv
import re
import shlex
from collections.abc import Iterable, Iterator
from io import StringIO

from azremediate.core.credential import Confidence, CredentialKind
from azremediate.core.notice import MESSAGE_COLUMNS, NoticedMessage
from azremediate.core.secret_type import kind_of
from azremediate.report import escape

_COLUMNS = ("kind", "identity", "key_id", "hint", "exposed_at", "confidence", "source", "note")
_ADDRESS = re.compile(r"[A-Za-z0-9._%+'#!&^~-]{1,128}@[A-Za-z0-9.-]{1,255}")
_LONGEST_IDENTITY = 1000


def notice_credential_rows(messages: Iterable[NoticedMessage], *, every: bool = False, scan: str = "") -> Iterator[str]:
    """The messages that hold a secret (`every`: all of them) as CSV with its header, one row for each.

    A notice says in which message a secret is and not whose: only passwords and sessions are put down to the mailbox,
    or to the sender where no mailbox is known. Anything else becomes a task to find the secret in its message.
    scan: the end of a command that does so, e.g. `--notice messages.jsonl`.
    """
    yield ",".join((*_COLUMNS, *MESSAGE_COLUMNS, "task"))
    for message in messages:
        if every or message.flagged:
            row = StringIO()
            csv.writer(row, lineterminator="").writerow(map(escape.csv, _cells(message, scan)))
            yield row.getvalue()


def _cells(message: NoticedMessage, scan: str) -> tuple[str, ...]:
    who = _address(message.mailbox) or _address(message.sender)
    kind = kind_of(message.secret_type)
    if not (kind.of_user and who):
        kind = CredentialKind.OTHER
    confidence = Confidence.KNOWN if message.has_secret else Confidence.SUSPECTED
    told = (message.message_id, message.mailbox, message.subject)
    identity = who if kind.of_user else _place(message, who)
    task = "" if kind.of_user else _task(message, scan)
    return (
        kind.value,
        identity,
        "",
        "",
        message.sent,
        confidence.value,
        message.source,
        _note(message),
        *told,
        task,
    )


def _place(message: NoticedMessage, who: str) -> str:
    """A name that only this message has, for each is a task of its own."""
    which = f"message {message.message_id}" if message.message_id else f"message of {message.sent}"
    named = f"{who}: {which}" if who else which
    return named if len(named) <= _LONGEST_IDENTITY else which[:_LONGEST_IDENTITY]


def _note(message: NoticedMessage) -> str:
    parts = (("message", message.message_id), ("notice", message.notice_id), ("secret type", message.secret_type))
    return ", ".join(f"{name} {text}" for name, text in parts if text)


def _task(message: NoticedMessage, scan: str) -> str:
    which = message.message_id or f"of {message.sent}"
    words = f"find the secret in message {which}, then revoke it where it is used and record the evidence"
    mailbox = _address(message.mailbox)
    return f"{words}: azremediate scan --mailbox {shlex.quote(mailbox)} {scan}" if mailbox and scan else words


def _address(text: str) -> str:
    """The address in a text such as `Ana <ana@contoso.com>`; empty when there is none that is plain."""
    inner = text.rpartition("<")[2].partition(">")[0].strip()
    return inner if _ADDRESS.fullmatch(inner) else ""
