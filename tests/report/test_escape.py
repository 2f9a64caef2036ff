"""Text that an attacker chose, in every place where it can be shown."""

import csv as csv_module
import io
import json
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from azremediate.report import escape

HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\x1b\x9b\x7f\x00\r\n\t\u202e\u2066\u200e\u061c\u200b\ufeff\u2028\u3164=+-@#[:|<>&'\"\\{}`*_"),
    )
)
COMMANDS = ["##vso[task.setvariable variable=x]y", "##VSO[task.complete]", "###vso[x]", "##[error]x", "##[group]x"]


@pytest.mark.fault("X7")
@given(HOSTILE)
def test_terminal_shows_one_line_that_steers_nothing(text: str) -> None:
    """No control, format, separator or surrogate character comes through, and no line break."""
    shown = escape.terminal(text)
    assert shown.isprintable()
    assert not [char for char in shown if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]


@given(HOSTILE, HOSTILE)
def test_terminal_never_makes_two_texts_look_the_same_by_escaping(one: str, other: str) -> None:
    """Escaping is one to one, apart from the commands of build servers."""
    if one != other and "##" not in one + other and "::" not in one + other:
        assert escape.terminal(one) != escape.terminal(other)


@pytest.mark.fault("X7")
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\u{1b}[31mred"),
        ("a\u202eb", "a\\u{202e}b"),
        ("two\nlines", "two\\u{a}lines"),
        ("no\u200bwidth", "no\\u{200b}width"),
        ("blank\u3164", "blank\\u{3164}"),
        ("Pay\ufe0froll\u034f\U000e0101", "Pay\\u{fe0f}roll\\u{34f}\\u{e0101}"),
        ("\u00a0", "\\u{a0}"),
        ("\\u{202e}", "\\u{5c}u{202e}"),
        ("C:\\users", "C:\\users"),
        ("Müller GmbH & Söhne", "Müller GmbH & Söhne"),
        ("[bold]markup[/]", "[bold]markup[/]"),
        ("\ud800", "\\u{d800}"),
    ],
    ids=ascii,
)
def test_terminal_shows_what_was_hidden(text: str, shown: str) -> None:
    """Each character that would act is shown by its number instead; everything else stays."""
    assert escape.terminal(text) == shown


@given(HOSTILE, st.integers(1, 30))
def test_a_width_is_kept_and_shown(text: str, width: int) -> None:
    """A text that is too long ends in an ellipsis and has exactly the width."""
    shown = escape.terminal(text, width)
    assert len(shown) <= width
    assert shown == escape.terminal(text) or (len(shown) == width and shown.endswith("…"))


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("sink", [escape.terminal, escape.block, escape.log, escape.csv, escape.html])
def test_no_command_for_azure_pipelines(sink: object, command: str) -> None:
    """Azure Pipelines acts on ##vso[ and ##[ wherever they stand in a line."""
    assert callable(sink)
    shown = str(sink(f"name {command}")).lower()
    assert "##vso[" not in shown
    assert "##[" not in shown


@given(st.text(" \t:a#[vso", max_size=30))
def test_no_line_is_a_command(line: str) -> None:
    """Nothing that starts with :: behind spaces, and no ##[ or ##vso[ anywhere."""
    shown = escape.ci(line)
    assert not shown.lstrip().startswith("::")
    assert "##[" not in shown
    assert "##vso[" not in shown


@given(st.lists(HOSTILE))
def test_block_leaves_escaped_lines_as_they_are(texts: list[str]) -> None:
    """The second net does not change what the first one let through."""
    lines = "\n".join(f"name: {escape.terminal(text)}" for text in texts)
    assert escape.block(lines) == lines


@pytest.mark.fault("X3")
@given(HOSTILE)
def test_csv_cell_is_no_formula(text: str) -> None:
    """No spreadsheet sees a formula, and the cell stays one cell in one line."""
    shown = escape.csv(text)
    assert shown[:1] not in tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
    written = io.StringIO()
    csv_module.writer(written).writerow([shown, "next"])
    assert list(csv_module.reader(io.StringIO(written.getvalue()))) == [[shown, "next"]]


@pytest.mark.parametrize(
    "text", ["=cmd|'/c calc'!A1", " =1+1", "\t=1", "\uff1d1", "@SUM(A1)", "-2+3", "\u00a0+1"], ids=ascii
)
def test_csv_names_formulas_as_text(text: str) -> None:
    """Also behind blanks and in full-width forms."""
    assert escape.csv(text).startswith("'")


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, int]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, len(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.fault("X8")
@given(HOSTILE)
def test_html_adds_no_tag_and_no_attribute(text: str) -> None:
    """Between tags and in an attribute alike, and the text reads back whole."""
    page = _Tags()
    page.feed(f"<p title=\"{escape.html(text)}\" lang='{escape.html(text)}'>{escape.html(text)}</p>")
    page.close()
    assert page.tags == [("p", 2)]
    assert page.text == escape.terminal(text)


@pytest.mark.fault("X8")
@given(HOSTILE)
def test_markdown_has_no_markup(text: str) -> None:
    """Nothing but letters, digits, blanks and entities is left of ASCII."""
    shown = escape.markdown(text)
    rest = "".join(part.partition(";")[2] if index else part for index, part in enumerate(shown.split("&#")))
    assert all(char.isalnum() or char == " " or not char.isascii() for char in rest)


@pytest.mark.fault("X10")
@given(st.recursive(HOSTILE, lambda inner: st.lists(inner) | st.dictionaries(HOSTILE, inner)))
@example("\x7f\x1b\u202e ##vso[x]")
def test_json_keeps_its_value(value: object) -> None:
    """A machine reads the same value; a build server and a terminal see nothing to obey."""
    shown = escape.json_line(json.dumps(value))
    assert json.loads(shown) == value
    assert "##" not in shown
    assert shown.isprintable()
