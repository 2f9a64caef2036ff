"""A credential list as a whole: three forms, one result, and no row that is not accounted for."""

import csv
import hashlib
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azremediate.core.credential import Confidence, CredentialKind, CredentialList
from azremediate.core.errors import InputInvalid
from azremediate.intake.credential_list import parse_credentials, read_credentials
from azremediate.intake.credential_rows import FIELDS

APP = "aaaaaaaa-2222-3333-4444-555555555555"
KEY = "bbbbbbbb-2222-3333-4444-555555555555"
WHOLE_SECRET = "abc8Q~" + "obviously-fake." * 2 + "0000"


def csv_list(*rows: str, header: str = ",".join(FIELDS)) -> CredentialList:
    """A list read from CSV rows."""
    return parse_credentials("\n".join([header, *rows, ""]).encode(), "list.csv")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("l.csv", f"kind,identity,key_id\nsession,a@b.c,\nclient-secret,{APP},{KEY}\n", id="csv"),
        pytest.param("l.csv", f"\ufeffkind,identity,key_id\r\nsession,a@b.c,\r\nclient-secret,{APP},{KEY}", id="excel"),
        pytest.param("l", f"key_id,identity,kind\n,a@b.c,session\n{KEY},{APP},client-secret\n", id="csv by content"),
        pytest.param(
            "l.json",
            f'[{{"kind":"session","identity":"a@b.c"}},\n{{"kind":"client-secret","identity":"{APP}","key_id":"{KEY}"}}]',
            id="json",
        ),
        pytest.param(
            "l.txt",
            f'{{"kind":"session","identity":"a@b.c","key_id":null}}\n\n'
            f'{{"kind":"client-secret","identity":"{APP}","key_id":"{KEY}"}}',
            id="json lines by content",
        ),
    ],
)
def test_the_three_forms_say_the_same(name: str, content: str) -> None:
    """The form is told by the ending, else by the content."""
    found = parse_credentials(content.encode(), name)
    assert [(item.kind, item.identity, item.key_id) for item in found.credentials] == [
        (CredentialKind.SESSION, "a@b.c", ""),
        (CredentialKind.CLIENT_SECRET, APP, KEY),
    ]
    assert (found.rows, found.merged, found.rejected, found.warnings) == (2, 0, (), ())


@pytest.mark.fault("X1")
def test_duplicates_are_merged() -> None:
    """The surest and the earliest count, every line and every source is kept, and case does not matter in ids."""
    found = csv_list(
        f"client-secret,{APP},{KEY},,2026-02-02,suspected,mail,first",
        f"client-secret, {APP.upper()} ,{KEY.upper()},,2026-01-02T01:00:00+02:00,known,chat,first",
        f"client-secret,{APP},{KEY},,,,mail,",
        f"client-secret,{APP},,,,,,",
    )
    first, second = found.credentials
    assert (found.rows, found.merged, first.lines, second.lines) == (4, 2, (2, 3, 4), (5,))
    assert (first.confidence, first.source, first.note) == (Confidence.KNOWN, "mail; chat", "first")
    assert first.exposed_at == datetime(2026, 1, 1, 23, tzinfo=UTC)


def test_bad_rows_are_rejected_with_line_and_reasons() -> None:
    """Valid rows go on; each bad one is listed with all that is wrong."""
    found = csv_list(
        "client_secret,,,,,,,", "", "session,a@b.c,,,,,,", 'session,"a@b.c",,,,,"x\ny",z', "session,b@b.c", ",,,,,,,"
    )
    assert [(row.line, row.reason) for row in found.rejected] == [
        (2, "kind 'client_secret' is not known; did you mean 'client-secret'?; identity is empty"),
        (7, "has 2 cells, the header has 8"),
        (8, "kind is empty; identity is empty"),
    ]
    assert (found.rows, len(found.credentials), found.merged) == (5, 1, 1)
    assert found.credentials[0].lines == (4, 5)


def test_strict_lists_every_bad_row() -> None:
    """One error with every rejected row in it."""
    content = b"kind,identity\nfoo,a\nsession,a@b.c\nsession,\n"
    with pytest.raises(InputInvalid) as caught:
        parse_credentials(content, "list.csv", strict=True)
    assert str(caught.value).splitlines() == [
        "list.csv:2: kind 'foo' is not known; it is one of " + ", ".join(CredentialKind),
        "list.csv:4: identity is empty",
    ]
    assert parse_credentials(b"kind,identity\nsession,a@b.c\n", "list.csv", strict=True).rows == 1


def test_unknown_columns_are_kept_and_named() -> None:
    """A column of somebody's own is context; a likely misspelling is asked about; one with secrets is left out."""
    found = csv_list(f"client-secret,{APP},T-1,x,hunter2", header="kind,identity,ticket,expose_at,client secret")
    assert found.credentials[0].context == (("ticket", "T-1"), ("expose_at", "x"))
    assert found.warnings == (
        "column 'ticket' is not known and was kept as context",
        "column 'expose_at' is not known and was kept as context; did you mean 'exposed_at'?",
        "column 'client secret' seems to hold secrets and was left out: secrets do not belong in this file",
    )
    assert "hunter2" not in repr(found)


def test_spellings_of_a_column_are_understood() -> None:
    """A key id is not lost because its column is written otherwise: that would widen what is removed."""
    found = csv_list(f"client-secret,{APP},{KEY}", header="Kind,IDENTITY,Key ID")
    assert found.credentials[0].key_id == KEY
    assert found.warnings == ()


def test_a_whole_secret_is_nowhere_in_the_result() -> None:
    """Wherever a secret was pasted, neither credentials nor reasons nor warnings hold it."""
    cells = [[WHOLE_SECRET if at == index else "" for at in range(len(FIELDS))] for index in range(len(FIELDS))]
    rows = []
    for row in cells:
        row[0] = row[0] or "client-secret"
        row[1] = row[1] or APP
        rows.append(",".join(row))
    found = csv_list(*rows, f"other,x,{WHOLE_SECRET},{WHOLE_SECRET},,,,", f"user-password,a@b.c,,{WHOLE_SECRET},,,,")
    assert WHOLE_SECRET not in repr(found)
    assert WHOLE_SECRET[:10] not in repr(found)
    assert found.rows == len(FIELDS) + 2
    with pytest.raises(InputInvalid) as caught:
        parse_credentials("\n".join([",".join(FIELDS), *rows]).encode(), "list.csv", strict=True)
    assert WHOLE_SECRET[:10] not in str(caught.value)


def test_a_list_from_a_file_has_name_and_hash(tmp_path: Path) -> None:
    """The plan binds the list by its hash."""
    file = tmp_path / "leak.csv"
    file.write_bytes(b"kind,identity\n")
    found = read_credentials(file)
    assert (found.name, found.rows, found.warnings) == ("leak.csv", 0, ("the list has no rows",))
    assert found.sha256 == hashlib.sha256(b"kind,identity\n").hexdigest()
    with pytest.raises(InputInvalid, match="the credential list does not exist"):
        read_credentials(tmp_path / "none.csv")


CELL = st.text(alphabet="abK1-:@/,;\"'\n\r\t \x00\u202e\ud800é=+", max_size=12)
ROW = st.lists(
    st.one_of(CELL, st.sampled_from([*CredentialKind, APP, APP.upper(), KEY, "a@b.c", "known", "2026-01-01", "abc"])),
    min_size=1,
    max_size=9,
)


@pytest.mark.fault("X1")
@given(st.lists(ROW, max_size=12))
def test_csv_rows_are_used_merged_or_rejected(rows: list[list[str]]) -> None:
    """Whatever the cells hold, every row is accounted for, once."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([list(FIELDS), *rows])
    found = parse_credentials(text.getvalue().encode("utf-8", "replace"), "list.csv")
    assert_accounted(found)
    # A row of one cell that holds only space is a blank line.
    assert found.rows == sum(1 for row in rows if len(row) > 1 or row[0].strip())


@given(st.lists(st.dictionaries(st.sampled_from([*FIELDS, "ticket"]), st.one_of(CELL, st.none(), st.integers()))))
def test_json_rows_are_used_merged_or_rejected(rows: list[dict[str, str | int | None]]) -> None:
    """The same for both forms of JSON, which agree."""
    array = parse_credentials(json.dumps(rows).encode(), "list.json")
    assert_accounted(array)
    assert array.rows == len(rows)
    if rows:
        lines = parse_credentials("\n".join(json.dumps(row) for row in rows).encode(), "list.jsonl")
        assert (lines.credentials, lines.rejected) == (array.credentials, array.rejected)


def test_name_that_is_no_text_can_be_written_down() -> None:
    """A file name may hold bytes that are no UTF-8; the plan that names the list must still have a JSON form."""
    found = parse_credentials(b"kind,identity\n", "folder/leak\udcff.csv")
    assert found.name == "leak\\udcff.csv"


def assert_accounted(found: CredentialList) -> None:
    """rows = used + merged + rejected, line by line."""
    assert found.rows == len(found.credentials) + found.merged + len(found.rejected)
    lines = [line for item in found.credentials for line in item.lines] + [row.line for row in found.rejected]
    assert len(set(lines)) == len(lines) == found.rows
    json.dumps(repr(found)).encode("utf-8")
