"""YAML is read without its surprises, and what is refused is refused at its line and column."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azremediate.core.errors import ConfigInvalid, InputInvalid
from azremediate.intake.yaml_document import MAX_BYTES, parse_yaml, read_yaml


@pytest.mark.fault("X4")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a: 1", 1, id="number"),
        pytest.param("a: -1.5", -1.5, id="real"),
        pytest.param("a: true", True, id="true"),
        pytest.param("a:", None, id="blank"),
        pytest.param("a: no", "no", id="no is text"),
        pytest.param("a: on", "on", id="on is text"),
        pytest.param("a: 0777", "0777", id="octal is text"),
        pytest.param("a: 0x1f", "0x1f", id="hexadecimal is text"),
        pytest.param("a: 1_000", "1_000", id="underscores are text"),
        pytest.param("a: 12:30:00", "12:30:00", id="base 60 is text"),
        pytest.param("a: 2026-01-01", "2026-01-01", id="a date is text"),
        pytest.param("a: .inf", ".inf", id="infinity is text"),
        pytest.param("a: '1'", "1", id="quoted number is text"),
        pytest.param("a: |\n  x\n  y\n", "x\ny\n", id="block"),
        pytest.param("a: [x, {b: 2}]", ["x", {"b": 2}], id="flow"),
    ],
)
def test_words_mean_what_yaml_12_says(text: str, expected: object) -> None:
    """Only null, true, false and decimal numbers are anything but text."""
    assert parse_yaml(text.encode(), "f.yaml").data == {"a": expected}


@pytest.mark.fault("X4")
@pytest.mark.parametrize(
    ("text", "place", "sentence"),
    [
        pytest.param("a: 1\nb: 2\na: 3\n", "3:1", "the key 'a' stands here twice", id="repeated key"),
        pytest.param("x: {a: 1, a: 2}", "1:11", "twice", id="repeated key in flow"),
        pytest.param("a: &x 1", "1:4", "anchor or alias", id="anchor"),
        pytest.param("a: *x", "1:4", "anchor or alias", id="alias"),
        pytest.param("a: &x [1]\nb: [*x, *x]", "1:4", "anchor or alias", id="bomb"),
        pytest.param("a: !!python/object:os.system x", "1:4", "tag", id="python tag"),
        pytest.param("- !x {a: 1}", "1:3", "tag", id="own tag"),
        pytest.param("a: 1\n---\nb: 1\n", "2:1", "more than one", id="documents"),
        pytest.param("%YAML 1.1\n---\na: no\n", "1:1", "directive", id="directive"),
        pytest.param("[" * 40, "1:21", "deeper than 20", id="depth"),
        pytest.param("? [a]\n: 1\n", "1:3", "not a simple word", id="complex key"),
        pytest.param("a: [1", "1:6", "not valid YAML", id="unclosed"),
        pytest.param("a: b: c", "1:5", "not valid YAML", id="colon"),
        pytest.param("a:\n\t- b", "2:1", "not valid YAML", id="tab"),
        pytest.param("a: x\x01", "1:5", "control character", id="control character"),
        pytest.param('a: "\\0"', "1:4", "NUL", id="escaped NUL"),
        pytest.param('a: "\\ud800"', "1:4", "half a character", id="lone surrogate"),
        pytest.param('a: "\\U00110000"', "1:1", "names no character", id="beyond Unicode"),
    ],
)
def test_what_is_refused_is_refused_with_its_place(text: str, place: str, sentence: str) -> None:
    """Each refusal says file, line and column."""
    with pytest.raises(InputInvalid, match=sentence) as caught:
        parse_yaml(text.encode(), "f.yaml")
    assert str(caught.value).startswith(f"f.yaml:{place}: ")


def test_a_document_over_one_mebibyte_is_refused() -> None:
    """The size is checked before anything is parsed."""
    with pytest.raises(InputInvalid, match="larger than 1 MiB"):
        parse_yaml(b"#" * (MAX_BYTES + 1), "f.yaml")


def test_positions_are_remembered() -> None:
    """Values, items and keys know their line and column; what is absent stands where its holder stands."""
    document = parse_yaml(b"\xef\xbb\xbfa: 1\r\nb:\r\n  - x\r\n  - c: y\r\n", "f.yaml")
    assert document.position(("a",)) == (1, 4)
    assert document.position(("b", 1, "c")) == (4, 8)
    assert document.position(("b", 1, "c"), key=True) == (4, 5)
    assert document.position(("b", 1, "missing")) == (4, 5)
    assert document.position(("missing",)) == (1, 1)


def test_an_empty_document_holds_nothing() -> None:
    """Nothing and comments only are None."""
    assert parse_yaml(b"# only a comment\n", "f.yaml").data is None


def test_the_callers_error_is_raised(tmp_path: Path) -> None:
    """A configuration that cannot be read is a ConfigInvalid."""
    with pytest.raises(ConfigInvalid):
        read_yaml(tmp_path / "none.yaml", error=ConfigInvalid)


@given(st.text(alphabet="ab:-[]{}&*!%#'\"|>?,\\ \t\n0~\x00\ud800é", max_size=60))
def test_any_text_is_data_or_a_refusal(text: str) -> None:
    """Whatever stands in a file, nothing but InputInvalid is raised."""
    try:
        parse_yaml(text.encode("utf-8", "replace"), "f.yaml")
    except InputInvalid as error:
        assert str(error).startswith("f.yaml")


def test_too_many_values_are_refused() -> None:
    """A file of a megabyte must not keep anybody waiting; nothing that people write holds as many values."""
    assert len(parse_yaml(b"[" + b"1," * 19_000 + b"]", "f.yaml").data) == 19_000
    with pytest.raises(InputInvalid, match="holds more than 20000 values"):
        parse_yaml(b"[" + b"1," * 500_000 + b"]", "f.yaml")
