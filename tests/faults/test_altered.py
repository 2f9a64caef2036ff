"""Plans that were altered, replayed or made for something else are refused, every one."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from azremediate.cli.plan_file import read_plan
from azremediate.core.cloud import Cloud
from azremediate.core.errors import PlanUnusable
from azremediate.core.json_value import canonical
from azremediate.core.plan import Plan, parse_plan, plan_bytes, sealed
from tests.end_to_end.console import Console
from tests.faults.conftest import Play

SEED = 20240409


@pytest.mark.fault("C1")
def test_flipped_bits(play: Play) -> None:
    """A bit that is flipped anywhere in a plan makes it unusable; `make evidence` flips one in every byte."""
    content = play("rotate_app_secret").plan_file.read_bytes()
    chance = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    for position in chance.sample(range(len(content)), 400):
        altered = bytearray(content)
        altered[position] ^= 1 << chance.randrange(8)
        with pytest.raises(PlanUnusable):
            parse_plan(bytes(altered), "altered")


def _reordered(text: str) -> bytes:
    body = json.loads(text)
    return json.dumps(dict(reversed(body.items())), separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


FORMS: dict[str, Callable[[str], bytes]] = {
    "re-ordered": _reordered,
    "extra member": lambda text: text.replace("{", '{"a":1,', 1).encode(),
    "duplicate member": lambda text: text.replace('"applicable":true', '"applicable":true,"applicable":true').encode(),
    "NaN": lambda text: text.replace('"playbook_version":1', '"playbook_version":NaN').encode(),
    "too large a number": lambda text: text.replace('"playbook_version":1', f'"playbook_version":{2**53 + 1}').encode(),
    "half a surrogate": lambda text: text.replace('"playbook":"', '"playbook":"\\ud800').encode(),
    "byte order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "not indented as written": lambda text: json.dumps(json.loads(text), indent=1).encode(),
    "older schema": lambda text: text.replace("/plan/1", "/plan/0").encode(),
    "truncated": lambda text: text.encode()[:-200],
    "empty": lambda _: b"",
}


@pytest.mark.fault("C2", "C3")
@pytest.mark.parametrize("form", FORMS)
def test_other_forms(play: Play, form: str) -> None:
    """A plan in any other form than the planner's is refused."""
    scene = play("rotate_app_secret")
    text = scene.plan_file.read_text(encoding="utf-8")
    altered = FORMS[form](text)
    assert altered != text.encode()
    scene.plan_file.write_bytes(altered)
    requests = scene.lab.request_counts()
    ended = scene.run("apply", scene.plan_file, "--yes", "--confirm-tenant", scene.lab.store.tenant_id)
    assert ended.code == 5, ended.err
    assert scene.lab.request_counts() == requests


def _for(**changes: Any) -> Callable[[Plan], Plan]:
    return lambda plan: sealed(replace(plan, origin=replace(plan.origin, **changes)))


def _aged(plan: Plan) -> Plan:
    age = timedelta(hours=30)
    return _for(created_at=plan.origin.created_at - age, expires_at=plan.origin.expires_at - age)(plan)


OTHERS: dict[str, Callable[[Plan], Plan]] = {
    "other tenant": _for(tenant_id="0f0f0f0f-0000-4000-8000-000000000000"),
    "other cloud": _for(cloud=Cloud.PUBLIC),
    "other configuration": _for(config_sha256="0" * 64),
    "expired": _aged,
}


@pytest.mark.fault("C3", "C9")
@pytest.mark.parametrize("name", OTHERS)
def test_made_for_something_else(console: Console, name: str) -> None:
    """A plan whose id was made to fit is still bound to its tenant, cloud, configuration and time."""
    row = f"client-secret,{console.app_id('payroll-api')},{console.key_id('payroll-api:primary')},"
    _, file = console.plan("rotate-exposed-secrets", "--credentials", console.credentials(row))
    forged = OTHERS[name](read_plan(file))
    file.write_bytes(plan_bytes(forged))
    applied = console.apply(file)
    assert applied.code in (4, 5), applied.out
    assert console.lab.effects == []


@pytest.mark.fault("C5")
def test_applied_in_another_state_directory(console: Console, tmp_path: Path) -> None:
    """A plan that was applied and is applied again with an empty journal finds its work done and writes nothing."""
    row = f"client-secret,{console.app_id('legacy-export')},{console.key_id('legacy-export:primary')},"
    playbook = tmp_path / "remove.yaml"
    text = "name: remove\ndescription: remove\nversion: 1\nsteps:\n  - action: remove_app_secret\n"
    playbook.write_text(text, encoding="utf-8")
    _, plan = console.plan(str(playbook), "--credentials", console.credentials(row))
    assert console.apply(plan).code == 0
    written = len(console.lab.writes)
    (tmp_path / ".azremediate").rename(tmp_path / "put-aside")
    again = console.apply(plan)
    assert (again.code, again.json["results"][0]["status"], len(console.lab.writes)) == (0, "satisfied", written)


@pytest.mark.fault("C2")
def test_the_forms_are_about_a_plan_that_works(play: Play) -> None:
    """The plan that the other tests alter is usable before."""
    scene = play("rotate_app_secret")
    content = scene.plan_file.read_bytes()
    assert canonical(json.loads(content)) + b"\n" == content
    assert parse_plan(content, "plan").applicable


@pytest.mark.fault("G5")
@pytest.mark.parametrize("limit", ["max_changes: -1", "max_changes: .nan", "max_percent: .nan", "max_percent: -0.1",
                                   "max_percent: 101", "max_changes: many", "max_changes: 1.5"])  # fmt: skip
def test_limits_that_are_none(console: Console, limit: str) -> None:
    """A limit that is no number of changes or percent is refused with its place."""
    console.change_config("guards:", f"guards:\n  {limit}")
    ran = console.run("plan", "disable-unused-service-principals")
    assert (ran.code, "config.yaml" in ran.out + ran.err) == (2, True)


@pytest.mark.fault("G7")
def test_nothing_but_apply_writes(console: Console) -> None:
    """Planning, showing and asking send no write, with every playbook and action."""
    row = f"client-secret,{console.app_id('payroll-api')},{console.key_id('payroll-api:primary')},"
    leaked = console.credentials(row, f"session,amira.user@{console.lab.store.domain},,")
    for playbook in ("respond-to-exposed-credentials", "rotate-exposed-secrets", "revoke-exposed-sessions"):
        assert console.plan(playbook, "--credentials", leaked)[0].code == 0
    for playbook in ("disable-unused-service-principals", "enforce-privileged-mfa"):
        assert console.plan(playbook)[0].code == 0
    for action in ("rotate_app_secret", "remove_app_secret", "disable_service_principal"):
        assert console.run("run", action, console.app_id("payroll-api"), "--json").code == 0
    console.run("doctor", "--json")
    assert console.lab.writes == []
