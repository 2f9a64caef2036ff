"""The slow way out for an unused application: told, disabled, watched; each step when its date has come."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from azremediate.cli.session import Session
from azremediate.cli.system_clock import SystemClock
from tests.end_to_end.console import Console

PLAYBOOK = "deactivate-unused-apps"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the tool's time by so many days."""

    def move(days: float) -> None:
        monkeypatch.setattr(SystemClock, "now", lambda _clock: datetime.now(UTC) + timedelta(days=days))
        monkeypatch.setattr(Session, "now", property(lambda _session: datetime.now(UTC) + timedelta(days=days)))

    return move


def _due(console: Console, *arguments: str) -> list[dict[str, Any]]:
    ran = console.run("runs", "due", *arguments, "--json")
    assert ran.code == 0, ran.err
    found: list[dict[str, Any]] = ran.json["due"]
    return found


def _planned(console: Console, name: str) -> dict[str, Any]:
    planned, plan = console.plan(PLAYBOOK, name=name)
    assert planned.code == 0, planned.err
    assert console.apply(plan).code == 0
    found: dict[str, Any] = planned.json
    return found


def _notice(console: Console, planned: dict[str, Any], name: str = "legacy-export") -> dict[str, Any]:
    app_id = console.app_id(name)
    return next(task for task in planned["manual_tasks"] if task["identity"] == app_id)


def _enabled(console: Console, name: str = "legacy-export") -> bool:
    principal = console.lab.store.service_principals.by_alternate(console.app_id(name))
    assert principal is not None
    return bool(principal["accountEnabled"])


def test_told_disabled_watched(console: Console, later: Callable[[float], None]) -> None:
    """First a notice and no change; a week after it was sent the application is disabled; 30 days later it is ripe."""
    first = _planned(console, "first.plan.json")
    assert first["changes"] == []
    assert "still to be sent" in console.run("report", "--json").json["answer"]["text"]
    notice = _notice(console, first)
    assert notice["notice"]["to"] == ["left.user@" + console.lab.store.domain] == [notice["owner"]]
    assert console.app_id("legacy-export") in notice["notice"]["body"]
    assert "7 days after this notice" in notice["notice"]["body"]
    assert notice["task_id"] in [one["id"] for one in _due(console)]
    assert console.run("runs", "task", notice["task_id"], "--evidence", "mail sent").code == 0
    assert notice["task_id"] not in [one["id"] for one in _due(console)]
    (waiting,) = [one for one in _due(console, "--all") if one["kind"] == "notice-over"]
    assert (waiting["id"], waiting["ripe"]) == (notice["task_id"], False)

    later(3)
    again, _ = console.plan(PLAYBOOK, name="early.plan.json")
    assert again.json["changes"] == []
    assert notice["task_id"] not in [task["task_id"] for task in again.json["manual_tasks"]]

    later(8)
    assert [one["id"] for one in _due(console) if one["kind"] == "notice-over"] == [notice["task_id"]]
    second = _planned(console, "second.plan.json")
    assert [change["target"]["app_id"] for change in second["changes"]] == [console.app_id("legacy-export")]
    assert not _enabled(console)
    assert not [one for one in _due(console) if one["kind"] != "task"]

    later(39)
    (ripe,) = [one for one in _due(console) if one["kind"] == "scream-test-over"]
    assert (ripe["identity"], ripe["ripe"]) == (console.app_id("legacy-export"), True)
    text = console.run("runs", "due").out
    assert ripe["id"] in text


def test_somebody_screamed(console: Console, later: Callable[[float], None]) -> None:
    """An application that was switched on again is not watched any more."""
    first = _planned(console, "first.plan.json")
    assert console.run("runs", "task", _notice(console, first)["task_id"], "--evidence", "mail sent").code == 0
    later(8)
    _planned(console, "second.plan.json")
    confirm = ("--apply", "--yes", "--confirm-tenant", console.lab.store.tenant_id)
    assert console.run("run", "enable_service_principal", console.app_id("legacy-export"), *confirm).code == 0
    later(60)
    assert not [one for one in _due(console, "--all") if one["kind"] == "scream-test-over"]
    assert _enabled(console)


def test_a_notice_is_asked_for_once(console: Console) -> None:
    """A job that plans every day does not pile up tasks: the latest run's counts."""
    first = _planned(console, "first.plan.json")
    second = _planned(console, "second.plan.json")
    assert {task["task_id"] for task in first["manual_tasks"]} == {task["task_id"] for task in second["manual_tasks"]}
    ids = [one["id"] for one in _due(console)]
    assert len(ids) == len(set(ids)) == len(first["manual_tasks"])


def test_a_hostile_name_adds_no_line(console: Console) -> None:
    """What a tenant calls its application stays on one line of the notice."""
    principal = console.lab.store.service_principals.by_alternate(console.app_id("legacy-export"))
    assert principal is not None
    principal["displayName"] = "Export\nTo: boss@evil.example\r\n\u202eX"
    planned, _ = console.plan(PLAYBOOK)
    notice = _notice(console, planned.json)["notice"]
    assert "\n" not in notice["subject"]
    assert all(line.isprintable() for line in notice["body"].split("\n"))
    assert len(notice["body"].split("\n")) == 5


def test_nothing_was_ever_applied(console: Console) -> None:
    """There is nothing to list, and no directory is made by asking."""
    ran = console.run("runs", "due")
    assert ran.code == 2
    assert not (console.folder / ".azremediate").exists()
