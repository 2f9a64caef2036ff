"""CEF lines and CSV rows: whatever a tenant calls its objects, one record stays one line and no cell a formula."""

import csv
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azremediate.report.audit_cef import cef_lines
from azremediate.report.audit_csv import CSV_HEADER, csv_lines
from azremediate.report.audit_ocsf import ocsf_lines
from tests.report.audit_records import DIGEST, ended, event, written

HOSTILE = 'a|b=c\\d\n=cmd()|"x", \u202e##vso[task.setvariable]\r::error::\x1b[2J'
MEMBER = re.compile(r"(?:^| )(\w+)=((?:[^\\=]|\\.)*?)(?= \w+=|$)")


def cef_of(name: str) -> tuple[list[str], dict[str, str]]:
    """The head and the members of the line of a write to an object of this name, as a reader takes them apart."""
    (line,) = cef_lines(written(name=name), DIGEST)
    *head, members = re.split(r"(?<!\\)\|", line, maxsplit=7)
    return head, {key: re.sub(r"\\(.)", r"\1", value) for key, value in MEMBER.findall(members)}


def test_cef() -> None:
    """Seven fields of head, and members that say who did what to what."""
    head, members = cef_of("payroll")
    assert head == ["CEF:0", "azremediate", "azremediate", "0.1.0", "write.performed", "write performed", "3"]
    assert members["duser"] == "payroll"
    assert members["rt"] == "1712682000250"
    assert (members["cs6Label"], members["cs6"]) == ("recordHash", DIGEST)
    assert (members["cn1Label"], members["cn1"]) == ("httpStatus", "200")


@given(st.text(max_size=40) | st.just(HOSTILE))
def test_hostile_names_in_cef(name: str) -> None:
    """A name neither ends the line nor begins a member: every other member stays what it was."""
    (line,) = cef_lines(written(name=name), DIGEST)
    assert len(line.splitlines()) == 1
    members = line.split("|", 7)[7]
    assert " outcome=success " in members
    assert members.count("cs1Label=runId") == 1
    unescaped = re.findall(r"(?<!\\)(?:\\\\)*=", members)
    plain = next(cef_lines(written(), DIGEST)).split("|", 7)[7].count("=")
    assert len(unescaped) == plain - (not name)


@given(st.text(max_size=40) | st.just(HOSTILE) | st.sampled_from("=+-@\t\r\n\uff1d").map(lambda first: f"{first}cmd()"))
def test_hostile_names_in_csv(name: str) -> None:
    """A row keeps its cells, stays one line, and no cell begins like a formula."""
    (line,) = csv_lines(written(name=name), DIGEST)
    (row,) = csv.reader([line])
    assert len(row) == len(CSV_HEADER.split(","))
    assert len(line.splitlines()) == 1
    assert not any(cell.lstrip()[:1] in tuple("=+-@\uff1d\uff0b\uff0d\uff20") for cell in row)


@given(st.text(max_size=40) | st.just(HOSTILE))
def test_hostile_names_in_ocsf(name: str) -> None:
    """An event is one line of ASCII that no terminal and no build server obeys."""
    for line in ocsf_lines(written(name=name), DIGEST):
        assert line.isascii()
        assert line.isprintable()
        assert "##" not in line


@pytest.mark.parametrize("form", [cef_lines, csv_lines, ocsf_lines])
def test_every_kind_of_record(form: object) -> None:
    """No record is left out."""
    assert callable(form)
    for record in (event("run.heartbeat"), ended("revoke_sessions", "failed", "user"), written()):
        assert list(form(record, DIGEST))


def test_severity_in_cef() -> None:
    """What failed stands out."""
    severities = [
        next(cef_lines(written("write", outcome), DIGEST)).split("|")[6] for outcome in ("success", "failure")
    ]
    assert severities == ["3", "7"]
