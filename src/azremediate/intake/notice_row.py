"""One row of a notice, as the message it tells of or as the reason why it tells of none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from azremediate.core.credential import CredentialKind
from azremediate.core.notice import NoticedMessage
from azremediate.core.secret_type import kind_of
from azremediate.intake.hostile_text import REMOVED, has_hidden, without_secrets
from azremediate.intake.notice_dates import DateRules, read_date
from azremediate.intake.wording import smells_of_secret

MAX_MESSAGE_ID = 998
MAX_ADDRESS = 320
MAX_RECIPIENTS = 1000

SUSPECTED = "suspected"
"""The type of a secret of which a notice only says that there may be one."""

ZONE_ASSUMED = "a time without zone was taken as UTC"
SECRET_REMOVED = "a text that looks like a secret was removed"
FLAG_UNKNOWN = "the word in has_secret is not known and says nothing"

_NOTHING = frozenset({"", "n/a", "na", "none", "null", "-", "unknown", "not available", "(empty)"})
_YES = frozenset(
    {"true", "yes", "y", "x", "t", "detected", "present", "found", "contains secret", "known", "confirmed"}
)
_NO = frozenset({"false", "no", "n", "0", "f", "none", "not detected", "not present", "not found", "absent"})
_MAYBE = frozenset({SUSPECTED, "possible", "possibly", "potential", "likely", "maybe", "probable"})
_WORDS = re.compile(
    r"[^\W\d_]+|OAuth ?2(?:\.0)?|X\.?509(?:v3)?|SHA-?\d{1,3}|AES-?\d{3}|RSA-?\d{4}|Base64", re.IGNORECASE
)
_BETWEEN_WORDS = re.compile(r"[ ,;/()&+_-]+")
_BETWEEN_RECIPIENTS = re.compile(r"[;\r\n]+")
_MOST_WORDS = 120


@dataclass(slots=True)
class RowCheck:
    """Collects what is wrong (`reasons`) and what is remarkable (`remarks`) while a row is read."""

    fields: Mapping[str, str]
    reasons: list[str] = field(default_factory=list)
    remarks: set[str] = field(default_factory=set)

    def cell(self, name: str) -> str:
        """A cell without the space around it; what only says that there is nothing is nothing."""
        text = self.fields.get(name, "").strip()
        return "" if text.casefold() in _NOTHING else text

    def plain(self, name: str, longest: int) -> str:
        """A cell that names something, and so has nothing hidden in it."""
        text = self.cell(name)
        if has_hidden(text) or not text.isprintable():
            self.reasons.append(f"{name} has a control character, a bidirectional control or half a character")
        elif len(text) > longest:
            self.reasons.append(f"{name} is longer than {longest} characters")
        else:
            return text
        return ""

    def free(self, text: str) -> str:
        """Free text, kept but for what looks like a client secret."""
        cleaned, found = without_secrets(text.strip())
        if found:
            self.remarks.add(SECRET_REMOVED)
        return cleaned


def read_row(
    check: RowCheck, context: Mapping[str, str], rules: DateRules, place: tuple[str, str, int]
) -> NoticedMessage | None:
    """The message of a row, or None and the reasons in `check`. place: source, file and row."""
    source, file, row = place
    message_id = bare_message_id(check.plain("message_id", MAX_MESSAGE_ID + 2))
    mailbox = check.plain("mailbox", MAX_ADDRESS)
    sent = _sent(check, rules)
    has_secret, secret_type = _secret(check)
    recipients = _recipients(check)
    if not check.reasons and not message_id and not (mailbox and sent):
        check.reasons.append("has no message id, nor both mailbox and time to find the message by")
    if check.reasons:
        return None
    return NoticedMessage(
        message_id=message_id,
        mailbox=mailbox,
        sender=check.free(check.cell("sender")),
        recipients=recipients,
        subject=check.free(check.cell("subject")),
        sent=sent,
        has_secret=has_secret,
        secret_type=secret_type,
        notice_id=check.free(check.cell("notice_id")),
        source=source,
        file=file,
        row=row,
        context={check.free(name): check.free(text) for name, text in context.items() if not smells_of_secret(name)},
    )


def bare_message_id(text: str) -> str:
    """An internet Message-ID without the angle brackets around it; the rest is compared exactly."""
    inner = text.strip()
    return inner[1:-1].strip() if inner.startswith("<") and inner.endswith(">") else inner


def _sent(check: RowCheck, rules: DateRules) -> str:
    """The time; one that cannot be read rejects the row, for with it goes since when a credential is exposed."""
    text = check.cell("sent")
    if not text:
        return ""
    found = read_date(text, rules)
    if found.reason:
        check.reasons.append(found.reason)
    if found.assumed:
        check.remarks.add(ZONE_ASSUMED)
    return found.iso


def _secret(check: RowCheck) -> tuple[bool | None, str]:
    """What the notice says of a secret: whether there is one, and of which type."""
    kind = _type_words(check, check.cell("secret_type"))
    flag = check.fields.get("has_secret", "").strip().casefold()
    if flag in _YES or (flag.isascii() and flag.isdigit() and int(flag[:9]) > 0):
        return True, kind
    if flag in _NO:
        return False, kind
    if flag in _NOTHING:
        return None, kind
    if flag in _MAYBE:
        return None, kind or SUSPECTED
    if kind_of(flag) is not CredentialKind.OTHER:  # the column holds types instead of a flag
        return True, kind or _type_words(check, check.cell("has_secret"))
    check.remarks.add(FLAG_UNKNOWN)
    return None, kind


def _type_words(check: RowCheck, text: str) -> str:
    """The type in the notice's words. In this column somebody may have put the secret itself: only words are kept."""
    words = [part for part in _BETWEEN_WORDS.split(text) if part]
    if len(text) <= _MOST_WORDS and all(_WORDS.fullmatch(word) for word in words):
        return " ".join(text.split())
    check.remarks.add(SECRET_REMOVED)
    return REMOVED


def _recipients(check: RowCheck) -> tuple[str, ...]:
    """The recipients, apart; a comma is between two of them unless it is part of a name, as in `Doe, Ana <ana@x>`."""
    parts = (one for part in _BETWEEN_RECIPIENTS.split(check.cell("recipients")) for one in _at_commas(part))
    found = tuple(dict.fromkeys(cleaned for part in parts if (cleaned := check.free(part))))
    if len(found) > MAX_RECIPIENTS:
        check.reasons.append(f"recipients are more than {MAX_RECIPIENTS}")
    return found[:MAX_RECIPIENTS]


def _at_commas(text: str) -> list[str]:
    pieces = [piece for piece in text.split(",") if piece.strip()]
    return pieces if "@" not in text or all("@" in piece for piece in pieces) else [text]
