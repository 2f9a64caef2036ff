"""Messages of notices as rows of a credential list."""

import csv

import pytest

from azremediate.core.notice import NoticedMessage
from azremediate.report.notice_credentials import notice_credential_rows


def _row(message: NoticedMessage, scan: str = "") -> dict[str, str]:
    (row,) = csv.DictReader(notice_credential_rows([message], every=True, scan=scan))
    return row


@pytest.mark.parametrize(
    ("message", "kind", "identity"),
    [
        (NoticedMessage("1", "ana@x.com", secret_type="Password"), "user-password", "ana@x.com"),
        (NoticedMessage("1", "", "Ana <ana@x.com>", secret_type="cookie"), "session", "ana@x.com"),
        (NoticedMessage("1", "Shared box", secret_type="Password"), "other", "message 1"),
        (NoticedMessage("1", "ana@x.com", secret_type="Client Secret"), "other", "ana@x.com: message 1"),
        (NoticedMessage("1", "ana@x.com", secret_type="Storage account key"), "other", "ana@x.com: message 1"),
        (NoticedMessage("", "ana@x.com", sent="2024-01-01"), "other", "ana@x.com: message of 2024-01-01"),
        (NoticedMessage("9" * 998, "ana@x.com"), "other", f"message {'9' * 992}"),
    ],
)
def test_kind_and_identity(message: NoticedMessage, kind: str, identity: str) -> None:
    """A notice does not say which application or account a secret opens: only a user's own is put down to somebody."""
    row = _row(message)
    assert (row["kind"], row["identity"]) == (kind, identity)
    assert bool(row["task"]) == (kind == "other")


def test_a_mailbox_cannot_write_commands() -> None:
    """What is to be copied into a shell has quotes, or is left out."""
    assert _row(NoticedMessage("1", "o'neil;x@x.com"), "--notice m")["task"].endswith("record the evidence")
    assert (
        "--mailbox 'o'\"'\"'neil@x.com' --notice m" in _row(NoticedMessage("1", "o'neil@x.com"), "--notice m")["task"]
    )


def test_only_flagged_messages() -> None:
    """By flag or by type; the header is there in any case."""
    messages = [NoticedMessage("1"), NoticedMessage("2", has_secret=True), NoticedMessage("3", secret_type="suspected")]
    rows = list(csv.DictReader(notice_credential_rows(messages)))
    assert [(row["message_id"], row["confidence"]) for row in rows] == [("2", "known"), ("3", "suspected")]
    assert len(list(notice_credential_rows([]))) == 1
