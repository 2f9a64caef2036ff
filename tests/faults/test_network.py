"""What a network can do to a run: no write is lost, doubled or guessed."""

import json
import random
import socket
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.end_to_end.console import Console, Ran
from tests.faults.cases import CASES
from tests.faults.conftest import Play
from tests.faults.ledger import Ledger

ADD, REMOVE = "/addPassword$", "/removePassword$"
WRITES = (
    ("POST", ADD),
    ("POST", REMOVE),
    ("POST", "/revokeSignInSessions$"),
    ("POST", "/policies$"),
    ("PATCH", "/servicePrincipals/"),
)
IN_TIME = "network: {connect: PT0.2S, request: PT0.4S}"
NAMES = [case.name for case in CASES]


@pytest.mark.fault("N2")
def test_nobody_accepts(console: Console) -> None:
    """A server that never accepts a connection is given up in time; nothing was sent."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        console.change_config(console.lab.endpoints["graph"], f"http://127.0.0.1:{full.getsockname()[1]}")
        console.change_config("throttle: {", f"{IN_TIME}\nthrottle: {{attempts: 1, ")
        ran = console.run("plan", "enforce-privileged-mfa")
        for one in waiting:
            one.close()
    assert (ran.code, "Traceback" in ran.err) == (1, False)


@pytest.mark.fault("N3")
@pytest.mark.parametrize("name", ["rotate_app_secret", "require_phishing_resistant_mfa"])
def test_effect_without_an_answer_in_time(play: Play, name: str) -> None:
    """A write that took effect and is never answered is settled by reading."""
    scene = play(name, IN_TIME)
    scene.lab.set_faults([{"method": "POST", "path": "/(addPassword|policies)$", "kind": "hang", "when": "after"}])
    assert scene.judge(scene.apply()) == []
    assert len(Ledger(scene.lab.store, scene.plan, scene.state).doubles()) == 0


@pytest.mark.fault("N12", "N4")
@pytest.mark.parametrize("name", NAMES)
def test_every_action_after_effect(play: Play, name: str) -> None:
    """Whatever an action's write is answered with after it took effect, it is not sent twice."""
    scene = play(name)
    chance = random.Random(name)  # noqa: S311 - repeatable on purpose
    for status in chance.sample((500, 502, 503, 504), 2):
        scene.begin()
        fault = {"kind": "status", "status": status, "when": "after"}
        scene.lab.set_faults([fault | {"method": method, "path": path} for method, path in WRITES])
        assert scene.judge(scene.apply()) == [], status


@pytest.mark.fault("N5")
def test_answer_that_breaks_off(play: Play) -> None:
    """Wherever the answer that holds the secret breaks off, one new secret is live in the end."""
    scene = play("rotate_app_secret")
    for size in (0, 1, 20, 90, 150, 200, 260, 10_000):
        scene.begin()
        scene.lab.set_faults([{"method": "POST", "path": ADD, "kind": "truncate", "bytes": size, "when": "after"}])
        assert scene.judge(scene.apply()) == [], size


@pytest.mark.fault("N10")
def test_storm_of_429(play: Play) -> None:
    """A service that never stops asking to wait ends the run with 3; the number of tries has a limit."""
    scene = play("disable_service_principal", "throttle: {attempts: 4, policy_per_second: 1000, max_wait: PT0.01S}")
    fault = {"method": "PATCH", "kind": "status", "status": 429, "retry_after": "1000000000", "times": None}
    scene.lab.set_faults([fault])
    ended = scene.apply()
    assert ended.code == 3
    assert len(scene.lab.writes) == 4
    assert scene.lab.effects == []


@pytest.mark.fault("N11")
def test_429_on_many_changes(console: Console) -> None:
    """When every second write is throttled, each planned change is still written exactly once."""
    console.change_config("guards:", "guards:\n  max_percent: 100")
    planned, plan = console.plan("disable-unused-service-principals")
    assert planned.code == 0, planned.err
    fault = {"method": "PATCH", "kind": "status", "status": 429, "retry_after": "0", "every": 2, "times": None}
    console.lab.set_faults([fault])
    applied = console.apply(plan)
    assert applied.code == 0, applied.out
    paths = [row.path for row in console.lab.effects]
    assert len(paths) == len(set(paths)) == len(planned.json["changes"]) > 3


@pytest.mark.fault("N13")
def test_503_before_effect(play: Play) -> None:
    """A 503 with a time to come is no reason to believe that nothing happened: it is read first."""
    scene = play("rotate_app_secret")
    fault = {"method": "POST", "path": ADD, "kind": "status", "status": 503, "retry_after": "0", "times": 2}
    scene.lab.set_faults([fault])
    assert scene.judge(scene.apply()) == []
    assert [row.effect for row in scene.lab.writes if row.path.endswith("addPassword")] == [False, False, True]


@pytest.mark.fault("N16")
def test_sign_in_goes_down(play: Play) -> None:
    """When no further token is to be had, what is open stays open or is taken back; applying again may go on."""
    scene = play("rotate_app_secret")
    scene.lab.set_faults([{"service": "login", "after": 1, "kind": "status", "status": 503, "times": None}])
    ended = scene.apply()
    assert ended.code in (3, 8, 9), ended.out
    scene.lab.set_faults([])
    ledger = Ledger(scene.lab.store, scene.plan, scene.state)
    assert ledger.judge() == []


@pytest.mark.fault("N17")
def test_403_in_the_middle(play: Play) -> None:
    """A permission that is gone is not tried again, and nothing is left half done."""
    scene = play("rotate_app_secret")
    scene.lab.set_faults([{"method": "POST", "path": ADD, "kind": "status", "status": 403, "times": None}])
    ended = scene.apply()
    assert ended.code == 9
    assert len([row for row in scene.lab.writes if row.path.endswith("addPassword")]) == 1
    assert scene.lab.effects == []


@pytest.mark.fault("N30")
def test_vault_name_that_is_deleted(play: Play) -> None:
    """A name that waits for its purge is noticed before a secret is added; the old one stays."""
    scene = play("rotate_app_secret", "throttle: {attempts: 1}")
    store = scene.lab.store
    app_id = store.applications[store.named["payroll-api"]]["appId"]
    store.deleted_vault[f"app-{app_id}"] = [{"id": "/secrets/x/1", "attributes": {}, "tags": {}}]
    ended = scene.apply()
    assert ended.code == 3, ended.out
    assert "deleted secret" in ended.out
    assert not [row for row in scene.lab.writes if row.path.endswith("addPassword")]
    keys = [one["keyId"] for one in store.applications[store.named["payroll-api"]]["passwordCredentials"]]
    assert keys == [store.named["payroll-api:primary"]]


def _rotation(console: Console) -> Path:
    row = f"client-secret,{console.app_id('payroll-api')},{console.key_id('payroll-api:primary')},"
    return console.plan("rotate-exposed-secrets", "--credentials", console.credentials(row))[1]


def _live(console: Console) -> list[str]:
    store = console.lab.store
    return [one["keyId"] for one in store.applications[store.named["payroll-api"]]["passwordCredentials"]]


@pytest.mark.fault("N19")
def test_new_secret_that_is_not_listed_yet(console: Console) -> None:
    """While reads lag, a secret whose answer was lost is not added a second time behind the first."""
    console.change_config("window: PT0.1S", "window: PT1.5S")
    plan = _rotation(console)
    console.lab.store.lag.read_lag = 0.7
    console.lab.set_faults([{"method": "POST", "path": ADD, "kind": "reset", "when": "after"}])
    applied = console.apply(plan)
    assert applied.code == 0, applied.out
    assert len(_live(console)) == 1
    assert console.key_id("payroll-api:primary") not in _live(console)


@pytest.mark.fault("N20")
def test_old_secret_that_is_still_listed(console: Console) -> None:
    """What does not read back in time is not called done."""
    console.change_config("verify: PT30S", "verify: PT0.3S")
    row = f"client-secret,{console.app_id('legacy-export')},{console.key_id('legacy-export:primary')},"
    playbook = console.folder / "remove.yaml"
    text = "name: remove\ndescription: remove\nversion: 1\nsteps:\n  - action: remove_app_secret\n"
    playbook.write_text(text, encoding="utf-8")
    _, plan = console.plan(str(playbook), "--credentials", console.credentials(row))
    console.lab.store.lag.read_lag = 3600.0
    applied = console.apply(plan)
    assert (applied.code, applied.json["results"][0]["status"]) == (3, "unverified")


@pytest.mark.fault("N23")
def test_expiry_is_judged_by_the_services_clock(console: Console) -> None:
    """A plan that is too old by the service's clock is stale, whatever this machine's clock says."""
    plan = _rotation(console)
    console.lab.store.clock.advance(5 * 3600)
    applied: Ran = console.apply(plan)
    assert applied.code == 5
    assert console.lab.effects == []


@pytest.mark.fault("N23")
@pytest.mark.parametrize("seconds", [3600.0, -3600.0])
def test_clocks_that_differ(console: Console, seconds: float) -> None:
    """An hour between this machine and the service changes nothing of the result, and the doctor says so."""
    console.lab.store.clock.advance(seconds)
    plan = _rotation(console)
    applied = console.apply(plan)
    assert applied.code == 0, applied.out
    logs = [file.read_text(encoding="utf-8") for file in console.folder.rglob("audit/**/*.jsonl")]
    records = [json.loads(line) for text in logs for line in text.splitlines()]
    noted = [one for one in records if one["event"] == "clock.differs"]
    assert [abs(abs(one["facts"]["seconds"]) - 3600) < 60 for one in noted] == [True]
    new = [one for one in _live(console) if one != console.key_id("payroll-api:primary")]
    app = console.lab.store.applications[console.lab.store.named["payroll-api"]]
    ends = next(one["endDateTime"] for one in app["passwordCredentials"] if one["keyId"] == new[0])
    left = datetime.fromisoformat(ends) - console.lab.store.clock.now()
    assert abs(left - timedelta(days=180)) < timedelta(minutes=5)
    checks = {check["name"]: check for check in console.run("doctor", "--json").json["checks"]}
    assert any("clock" in name and check["health"] != "OK" for name, check in checks.items()), checks
