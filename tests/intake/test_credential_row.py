"""One row of a credential list: what each field may be."""

from datetime import UTC, datetime

import pytest

from azremediate.core.credential import CredentialKind
from azremediate.intake.credential_row import Remark, check_row
from azremediate.intake.credential_rows import RawRow

GUID = "aaaaaaaa-2222-3333-4444-555555555555"
SHA1 = "ab" * 20
SHA256 = "cd" * 32
LONG = "obviously-fake-" * 3


def row(**cells: str) -> RawRow:
    """A row for a client secret of an application, changed by `cells`."""
    return RawRow(7, {"kind": "client-secret", "identity": GUID, **cells})


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        pytest.param({"kind": ""}, "kind is empty", id="no kind"),
        pytest.param({"kind": "Client-Secret"}, "did you mean 'client-secret'?", id="capitals"),
        pytest.param({"kind": "pasword"}, "did you mean 'user-password'?|it is one of", id="other word"),
        pytest.param({"identity": " "}, "identity is empty", id="no identity"),
        pytest.param({"identity": "x" * 1025}, "identity is longer than 1024", id="long identity"),
        pytest.param({"identity": "a\x00b"}, "identity has a NUL", id="NUL"),
        pytest.param({"identity": "a\u202eb"}, "identity has a NUL, a bidirectional control", id="bidirectional"),
        pytest.param({"identity": "a\ud800"}, "half a character", id="surrogate"),
        pytest.param({"hint": "a\u2066"}, "hint has a NUL", id="hint"),
        pytest.param({"key_id": "\u200f" + GUID}, "key_id has a NUL", id="key id"),
        pytest.param({"key_id": LONG}, "key_id is not a GUID", id="secret as key id"),
        pytest.param({"key_id": SHA1}, "key_id is not a GUID", id="thumbprint of a secret"),
        pytest.param({"kind": "certificate", "key_id": "ab"}, "key_id is not a GUID or a thumbprint", id="short print"),
        pytest.param({"kind": "storage-key", "key_id": "key3"}, "key_id is not key1 or key2", id="third key"),
        pytest.param({"kind": "federated-credential", "key_id": "x" * 121}, "at most 120", id="long name"),
        pytest.param({"confidence": "sure"}, "confidence 'sure' is not known", id="confidence"),
        pytest.param({"exposed_at": "2026-01-01T10:00:00"}, "time without zone", id="no zone"),
        pytest.param({"exposed_at": "2026-02-30"}, "no date or time that exists", id="30 February"),
        pytest.param({"exposed_at": "0001-01-01T00:00:00+14:00"}, "no date or time that exists", id="before year 1"),
        pytest.param({"exposed_at": "01.02.2026"}, "is not an ISO 8601 date", id="other order"),
        pytest.param({"exposed_at": "20260101"}, "is not an ISO 8601 date", id="basic form"),
    ],
)
def test_a_row_is_rejected(cells: dict[str, str], reason: str) -> None:
    """Each reason says which field and what it takes, and repeats no value that may be a secret."""
    checked = check_row(row(**cells))
    assert checked.credential is None
    said = "; ".join(checked.reasons)
    assert any(part in said for part in reason.split("|"))
    assert LONG not in said


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param("", None, id="absent"),
        pytest.param("2026-01-02", datetime(2026, 1, 2, tzinfo=UTC), id="date"),
        pytest.param("2026-01-02T03:04Z", datetime(2026, 1, 2, 3, 4, tzinfo=UTC), id="minutes"),
        pytest.param("2026-01-02 03:04:05+02:00", datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC), id="zone"),
        pytest.param("2026-01-02T03:04:05.5Z", datetime(2026, 1, 2, 3, 4, 5, 500_000, tzinfo=UTC), id="fraction"),
    ],
)
def test_moments_are_utc(given: str, expected: datetime | None) -> None:
    """A date alone is its midnight in UTC."""
    credential = check_row(row(exposed_at=given)).credential
    assert credential is not None
    assert credential.exposed_at == expected


@pytest.mark.parametrize(
    ("kind", "key_id", "expected"),
    [
        pytest.param("client-secret", GUID.upper(), GUID, id="secret"),
        pytest.param("certificate", GUID.upper(), GUID, id="certificate"),
        pytest.param("certificate", SHA1.upper(), SHA1, id="SHA-1"),
        pytest.param("certificate", ":".join([SHA256[at : at + 2] for at in range(0, 64, 2)]), SHA256, id="colons"),
        pytest.param("storage-key", "KEY2", "key2", id="storage key"),
        pytest.param("federated-credential", "GitHub main", "GitHub main", id="name"),
        pytest.param("federated-credential", GUID.upper(), GUID, id="id"),
        pytest.param("session", GUID, GUID, id="session"),
    ],
)
def test_key_ids_have_one_form(kind: str, key_id: str, expected: str) -> None:
    """Ids are lower case and thumbprints in one piece, so that the same is equal."""
    credential = check_row(row(kind=kind, key_id=key_id)).credential
    assert credential is not None
    assert credential.key_id == expected


@pytest.mark.parametrize(
    ("kind", "cells", "expected", "remark"),
    [
        pytest.param("client-secret", {"hint": "aB~"}, ("", "aB~"), None, id="three"),
        pytest.param("client-secret", {"hint": LONG}, ("", "obv"), Remark.HINT_CUT, id="whole secret"),
        pytest.param("client-secret", {"hint": SHA1}, ("", "aba"), Remark.HINT_CUT, id="no thumbprint of a secret"),
        pytest.param("certificate", {"hint": SHA1.upper()}, ("", SHA1), None, id="thumbprint"),
        pytest.param("user-password", {"hint": LONG}, ("", ""), Remark.HINT_DROPPED, id="password"),
        pytest.param("other", {"key_id": LONG}, ("", ""), Remark.KEY_ID_DROPPED, id="key id of no form"),
    ],
)
def test_too_much_is_cut(kind: str, cells: dict[str, str], expected: tuple[str, str], remark: Remark | None) -> None:
    """What may be a whole secret does not go on, and the row's writer is told."""
    checked = check_row(row(kind=kind, **cells))
    assert checked.credential is not None
    assert (checked.credential.key_id, checked.credential.hint) == expected
    assert checked.remarks == ({remark} if remark else frozenset())
    assert LONG not in repr(checked)


def test_free_text_is_kept_as_it_is() -> None:
    """Formulas and direction marks in notes are data; those who show them escape them."""
    credential = check_row(row(note=" =cmd|'x'!A1 \u202e ", source="mail\x1b[31m")).credential
    assert credential is not None
    assert (credential.note, credential.source) == ("=cmd|'x'!A1 \u202e", "mail\x1b[31m")


def test_half_a_character_is_replaced_in_free_text() -> None:
    """Everything that is kept can be written as UTF-8."""
    credential = check_row(row(note="a\ud800")).credential
    assert credential is not None
    assert credential.note == "a\N{REPLACEMENT CHARACTER}"


def test_an_identity_is_lower_case_only_when_it_is_a_guid() -> None:
    """Names stay as they were reported."""
    found = [check_row(row(identity=text)).credential for text in (GUID.upper(), "Anna@Contoso.com")]
    assert [item.identity for item in found if item] == [GUID, "Anna@Contoso.com"]
    assert all(item and item.kind is CredentialKind.CLIENT_SECRET for item in found)
