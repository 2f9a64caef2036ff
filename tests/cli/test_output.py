"""What goes where: standard output for data and text, standard error for all else."""

import errno
import io
import json
import re

import pytest

from azremediate.cli.output import Output
from azremediate.cli.settings import Settings
from azremediate.core.errors import AzremediateError, InputInvalid
from azremediate.core.events import ChangeEnded, Progressed, Waiting
from tests.cli.streams import Failing, Terminal

NAME = "payroll\x1b[31m\u202e\t[bold]x[/] ##vso[task.complete]"
LONG = "x" * 200


def _output(settings: Settings | None = None, *, terminal: bool = False) -> tuple[Output, io.StringIO, io.StringIO]:
    out, err = (Terminal(), Terminal()) if terminal else (io.StringIO(), io.StringIO())
    return Output(settings or Settings(), stdin=Terminal(), stdout=out, stderr=err), out, err


def test_text_and_notes_go_to_different_streams() -> None:
    """Standard output has the result alone."""
    shown, out, err = _output()
    shown.text("result")
    shown.note("note")
    shown.warn("watch out")
    shown.data({"a": 1})
    assert (out.getvalue(), err.getvalue()) == ("result\n", "note\nwarning: watch out\n")


def test_json_prints_one_object_and_no_text() -> None:
    """With --json standard output is for a machine."""
    shown, out, _ = _output(Settings(json=True))
    shown.text("result")
    shown.table(["A"], [["b"]])
    shown.data({"name": NAME})
    assert json.loads(out.getvalue()) == {"name": NAME}
    assert out.getvalue().count("\n") == 1
    assert "##vso[" not in out.getvalue()


def test_quiet_keeps_results_and_warnings() -> None:
    """Only notes and progress are left out."""
    shown, out, err = _output(Settings(quiet=True))
    shown.text("result")
    shown.note("note")
    shown.warn("watch out")
    with shown.progress() as listener:
        listener(ChangeEnded("c", "act", "target", "verified", "", 1.0))
    assert (out.getvalue(), err.getvalue()) == ("result\n", "warning: watch out\n")


def test_what_slips_through_is_escaped_on_its_way_out() -> None:
    """A text that no view escaped still steers nothing, but keeps its lines."""
    shown, out, _ = _output()
    shown.text("one\x1b[2J\ntwo\u202e\n::add-mask::x")
    assert out.getvalue() == "one\\u{1b}[2J\ntwo\\u{202e}\n: :add-mask::x\n"


def test_a_piped_table_has_tabs_and_full_values() -> None:
    """Nothing is wrapped or cut, and no cell can add a column or a row."""
    shown, out, _ = _output()
    shown.table(["NAME", "ID"], [[NAME, LONG], ["a\nb", "c"]])
    lines = out.getvalue().splitlines()
    assert [line.count("\t") for line in lines] == [1, 1, 1]
    assert lines[1].split("\t")[1] == LONG
    assert "\x1b" not in out.getvalue()


def test_a_drawn_table_shows_markup_as_text_and_cuts_long_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """At a terminal names have a greatest width; markup of theirs is text."""
    monkeypatch.setenv("COLUMNS", "200")
    shown, out, _ = _output(Settings(color=False), terminal=True)
    shown.table(["NAME", "ID"], [[NAME, "1"], [LONG, "2"]])
    seen = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())
    assert "[bold]x[/]" in seen
    assert "\x1b" not in seen
    assert "…" in seen
    assert LONG not in seen


def test_progress_without_a_terminal_is_a_line_per_change() -> None:
    """What ended is told; what goes on is told only after a while."""
    shown, out, err = _output()
    with shown.progress() as listener:
        listener(Progressed("resolving identities", 1, 2))
        listener(ChangeEnded("c", "revoke_sessions", NAME, "verified", "", 2.5))
    assert out.getvalue() == ""
    assert len(err.getvalue().splitlines()) == 1
    assert "verified" in err.getvalue()
    assert "\x1b" not in err.getvalue()


def test_progress_at_a_terminal_is_drawn_and_taken_away() -> None:
    """Finished changes stay, the bars go, and text of others does not mix with them."""
    shown, out, err = _output(Settings(color=False), terminal=True)
    with shown.progress(changes=3) as listener:
        listener(Progressed("resolving identities", 1, 2, NAME))
        listener(Waiting("Graph asked to wait", 37.0))
        shown.text("result")
        listener(ChangeEnded("c", "revoke_sessions", "payroll", "verified", "", 2.5))
    assert out.getvalue() == "result\n"
    assert "waiting 37 s" in err.getvalue()
    assert "revoke_sessions" in err.getvalue()
    assert "1/3" in err.getvalue()
    assert NAME not in err.getvalue()


@pytest.mark.fault("G8")
@pytest.mark.parametrize(("typed", "confirmed"), [("contoso.com\n", True), (" CONTOSO.com ", True), ("yes\n", False)])
def test_confirming_needs_the_domain(typed: str, confirmed: bool) -> None:
    """Only the domain itself counts, in any case."""
    err = Terminal()
    shown = Output(Settings(), stdin=Terminal(typed), stdout=io.StringIO(), stderr=err)
    with shown.progress():
        assert shown.confirm_domain("contoso.com") is confirmed
    assert "contoso.com" in err.getvalue()


@pytest.mark.fault("G8")
def test_nobody_is_asked_without_a_terminal() -> None:
    """The error names the options that a job needs."""
    shown = Output(Settings(), stdin=io.StringIO("contoso.com\n"), stdout=Terminal(), stderr=Terminal())
    with pytest.raises(InputInvalid) as caught:
        shown.confirm_domain("contoso.com")
    assert caught.value.hint == "add --yes --confirm-tenant TENANT_ID"


def test_a_reader_that_went_away_does_not_stop_the_work() -> None:
    """`| head` must not end an apply in its middle."""
    shown = Output(Settings(), stdout=Failing(errno.EPIPE), stderr=io.StringIO())
    shown.text("result")


def test_a_result_that_cannot_be_written_is_told() -> None:
    """A full disk under standard output is an error with a sentence."""
    shown = Output(Settings(), stdout=Failing(), stderr=io.StringIO())
    with pytest.raises(AzremediateError, match="cannot be written"):
        shown.text("result")


def test_messages_that_cannot_be_written_stop_nothing() -> None:
    """Progress must never end a run."""
    shown = Output(Settings(), stdout=io.StringIO(), stderr=Failing())
    shown.note("note")
    with shown.progress() as listener:
        listener(ChangeEnded("c", "act", "target", "verified", "", 1.0))
