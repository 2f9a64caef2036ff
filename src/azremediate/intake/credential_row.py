"""One row of a credential list, as a checked credential or as the reason why it is none.

What a row holds in key_id and hint may be a whole secret by mistake: no text made here repeats it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from azremediate.core.credential import CompromisedCredential, Confidence, CredentialKind
from azremediate.intake.credential_rows import RawRow
from azremediate.intake.hostile_text import has_hidden, looks_like_secret, without_secrets
from azremediate.intake.wording import meant, smells_of_secret

MAX_IDENTITY = 1024
MAX_NAME = 120

E = TypeVar("E", bound=StrEnum)

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_THUMBPRINT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_WORD = re.compile(r"[A-Za-z _-]{1,32}")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)


class Remark(StrEnum):
    """Something about a usable row that its writer should know."""

    HINT_CUT = "the hint was cut to its first three characters"
    HINT_DROPPED = "the hint of a password was left out"
    KEY_ID_DROPPED = "a key_id of no known form was left out"
    SECRET_REMOVED = "a text that looks like a client secret was removed"


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A credential or the reasons why there is none, with remarks about either."""

    credential: CompromisedCredential | None
    reasons: tuple[str, ...] = ()
    remarks: frozenset[Remark] = frozenset()


@dataclass(slots=True)
class _Check:
    """Collects what is wrong and what is remarkable while a row is read."""

    row: RawRow
    reasons: list[str] = field(default_factory=list)
    remarks: set[Remark] = field(default_factory=set)

    def cell(self, name: str) -> str:
        """A cell without the space around it."""
        return self.row.cells.get(name, "").strip()

    def plain(self, name: str) -> str:
        """A cell that names something: it may not hold NUL or characters that change the reading direction."""
        text = self.cell(name)
        if has_hidden(text):
            self.reasons.append(f"{name} has a NUL, a bidirectional control or half a character")
            return ""
        return text

    def free(self, text: str) -> str:
        """Free text, kept but for what looks like a client secret."""
        cleaned, found = without_secrets(text.strip())
        if found:
            self.remarks.add(Remark.SECRET_REMOVED)
        return cleaned


def check_row(row: RawRow) -> CheckedRow:
    """A row as a credential; every reason against it is named."""
    if row.unreadable:
        return CheckedRow(None, (row.unreadable,))
    check = _Check(row)
    kind = _choice(check, "kind", CredentialKind)
    confidence = _choice(check, "confidence", Confidence, Confidence.SUSPECTED)
    identity = _identity(check)
    exposed_at = _moment(check)
    key_id = _key_id(check, kind) if kind else ""
    hint = _hint(check, kind)
    if check.reasons or kind is None or confidence is None:
        return CheckedRow(None, tuple(check.reasons), frozenset(check.remarks))
    credential = CompromisedCredential(
        kind=kind,
        identity=identity,
        key_id=key_id,
        hint=hint,
        exposed_at=exposed_at,
        confidence=confidence,
        source=check.free(check.cell("source")),
        note=check.free(check.cell("note")),
        lines=(row.line,),
        context=_context(check),
    )
    return CheckedRow(credential, (), frozenset(check.remarks))


def _choice(check: _Check, name: str, choices: type[E], default: E | None = None) -> E | None:
    text = check.cell(name)
    if not text and default is not None:
        return default
    found = next((item for item in choices if item.value == text), None)
    if found is None:
        known = ", ".join(choices)
        # Only words are repeated: in a row whose cells have moved, a secret may stand here.
        said = f"{name} '{text}'" if _WORD.fullmatch(text) else name
        close = meant(text, choices) or f"it is one of {known}"
        check.reasons.append(f"{said} is not known; {close}" if text else f"{name} is empty")
    return found


def _identity(check: _Check) -> str:
    text = check.plain("identity")
    if not check.cell("identity"):
        check.reasons.append("identity is empty")
    elif len(text) > MAX_IDENTITY:
        check.reasons.append(f"identity is longer than {MAX_IDENTITY} characters")
    elif looks_like_secret(text):
        check.reasons.append("identity looks like a client secret; secrets do not belong in this file")
    return text.lower() if _GUID.fullmatch(text.lower()) else text


def _moment(check: _Check) -> datetime | None:
    text = check.cell("exposed_at")
    if not text:
        return None
    match = _MOMENT.fullmatch(text)
    if match is None:
        check.reasons.append("exposed_at is not an ISO 8601 date or time, such as 2026-03-01T09:30:00Z")
        return None
    date, time, zone = match.groups()
    if time and not zone:
        check.reasons.append("exposed_at has a time without zone; end it with Z for UTC or with +01:00")
        return None
    try:
        return datetime.fromisoformat(f"{date}T{time or '00:00'}{zone or 'Z'}").astimezone(UTC)
    except (ValueError, OverflowError):
        check.reasons.append("exposed_at is no date or time that exists")
        return None


def _is_guid(text: str) -> bool:
    return _GUID.fullmatch(text.lower()) is not None


def _is_thumbprint(text: str) -> bool:
    return _THUMBPRINT.fullmatch(text.lower()) is not None


def _is_name(text: str) -> bool:
    return len(text) <= MAX_NAME and not looks_like_secret(text)


_KEY_ID_FORMS: dict[CredentialKind, tuple[Callable[[str], bool], str]] = {
    CredentialKind.CLIENT_SECRET: (_is_guid, "a GUID, the secret's keyId"),
    CredentialKind.CERTIFICATE: (lambda text: _is_guid(text) or _is_thumbprint(text), "a GUID or a thumbprint"),
    CredentialKind.STORAGE_KEY: (lambda text: text.lower() in ("key1", "key2"), "key1 or key2"),
    CredentialKind.FEDERATED_CREDENTIAL: (_is_name, f"an id or a name of at most {MAX_NAME} characters"),
}


def _key_id(check: _Check, kind: CredentialKind) -> str:
    text = check.plain("key_id")
    if kind is CredentialKind.CERTIFICATE:
        text = _bare_thumbprint(text).lower()
    elif _is_guid(text):
        text = text.lower()
    if kind not in _KEY_ID_FORMS:
        if text and not _is_guid(text):
            check.remarks.add(Remark.KEY_ID_DROPPED)
            return ""
        return text
    fits, form = _KEY_ID_FORMS[kind]
    if text and not fits(text):
        check.reasons.append(f"key_id is not {form}")
        return ""
    return text.lower() if kind is CredentialKind.STORAGE_KEY else text


def _hint(check: _Check, kind: CredentialKind | None) -> str:
    text = check.plain("hint")
    plain = _bare_thumbprint(text)
    if kind is CredentialKind.CERTIFICATE and _is_thumbprint(plain):
        return plain.lower()
    if text and kind is CredentialKind.USER_PASSWORD:  # it finds nothing, and the start of a password helps to guess it
        check.remarks.add(Remark.HINT_DROPPED)
        return ""
    if len(text) > 3:
        check.remarks.add(Remark.HINT_CUT)
    return text[:3]


def _bare_thumbprint(text: str) -> str:
    """A thumbprint as certificate viewers show it (in pairs, with colons or spaces) in one piece."""
    return text.replace(":", "").replace(" ", "")


def evidence_problem(text: str) -> str:
    """Why a text that somebody wrote may not be kept as evidence of a task; empty when it may."""
    if not text.strip():
        return "is empty"
    if len(text) > MAX_IDENTITY:
        return f"is longer than {MAX_IDENTITY} characters"
    if has_hidden(text) or not text.isprintable():
        return "has a control character or a line break"
    return "looks like a client secret; secrets do not belong in the audit log" if looks_like_secret(text) else ""


def _context(check: _Check) -> tuple[tuple[str, str], ...]:
    """Unknown columns, without those that seem to hold secrets."""
    kept = [(name, text) for name, text in check.row.context.items() if not smells_of_secret(name)]
    return tuple((check.free(name), check.free(text)) for name, text in kept)
