"""Writes under faults: nothing is lost, nothing is done twice, and what is said is true."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from azremediate.actions.rotate_app_secret import RotateAppSecret
from azremediate.core.errors import ServiceFailing
from azremediate.core.exit_code import ExitCode
from azremediate.lab.server import Lab
from azremediate.lab.sign_in import SignInVerdict
from tests.end_to_end.console import Console, Ran

ADD, REMOVE = "/addPassword$", "/removePassword$"


@pytest.fixture(scope="module")
def disturbed_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab whose recording nobody checks: disturbed answers follow no schema."""
    with Lab(directory=tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def lab(disturbed_lab: Lab) -> Lab:
    """The tenant as it is at its start, without faults."""
    disturbed_lab.reset()
    return disturbed_lab


def _rotate(console: Console, *faults: dict[str, Any]) -> Ran:
    """Plan the rotation of one leaked secret, arm the faults, apply."""
    row = f"client-secret,{console.app_id('payroll-api')},{console.key_id('payroll-api:primary')},"
    _, plan = console.plan("rotate-exposed-secrets", "--credentials", console.credentials(row))
    console.lab.set_faults(list(faults))
    return console.apply(plan)


def _secrets(console: Console) -> list[dict[str, Any]]:
    store = console.lab.store
    return list(store.applications[store.named["payroll-api"]]["passwordCredentials"])


def _assert_rotated(console: Console, applied: Ran) -> None:
    """Exactly one new secret, stored and working; the old one gone."""
    assert applied.code == 0, applied.out + applied.err
    secrets = _secrets(console)
    assert len(secrets) == 1
    assert secrets[0]["keyId"] != console.key_id("payroll-api:primary")
    versions = [version for versions in console.lab.store.vault.values() for version in versions]
    stored = [version for version in versions if version["tags"].get("azr-keyid") == secrets[0]["keyId"]]
    assert stored
    assert all(
        console.lab.store.check_secret(console.app_id("payroll-api"), one["value"]) is SignInVerdict.ok
        for one in stored
    )
    assert console.run("audit", "verify").code == 0


UNKNOWN: dict[str, dict[str, Any]] = {
    "503 after effect": {"kind": "status", "status": 503, "when": "after"},
    "504 after effect": {"kind": "status", "status": 504, "when": "after"},
    "500 after effect": {"kind": "status", "status": 500, "when": "after"},
    "503 before effect": {"kind": "status", "status": 503, "when": "before"},
    "reset after effect": {"kind": "reset", "when": "after"},
    "reset before effect": {"kind": "reset", "when": "before"},
    "truncated": {"kind": "truncate", "bytes": 20, "when": "after"},
    "not JSON": {"kind": "not-json", "when": "after"},
    "empty": {"kind": "empty", "when": "after"},
}


@pytest.mark.fault("N4", "N7", "N12", "N13")
@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown_outcome_of_adding(console: Console, name: str) -> None:
    """Whether or not the new secret was issued, in the end there is exactly one, and it is known."""
    applied = _rotate(console, {"service": "graph", "method": "POST", "path": ADD, **UNKNOWN[name]})
    _assert_rotated(console, applied)


@pytest.mark.fault("N8")
@pytest.mark.parametrize("fields", [["keyId"], ["secretText"]], ids=str)
def test_success_without_what_was_expected(console: Console, fields: list[str]) -> None:
    """A success that lacks the secret or its id is no success."""
    fault = {"service": "graph", "method": "POST", "path": ADD, "kind": "drop", "fields": fields, "when": "after"}
    _assert_rotated(console, _rotate(console, fault))


@pytest.mark.parametrize("name", [name for name in UNKNOWN if name not in ("truncated", "not JSON", "empty")])
def test_unknown_outcome_of_removing(console: Console, name: str) -> None:
    """A removal that may have happened is looked up, not guessed."""
    applied = _rotate(console, {"service": "graph", "method": "POST", "path": REMOVE, **UNKNOWN[name]})
    _assert_rotated(console, applied)


@pytest.mark.fault("N29")
@pytest.mark.parametrize("name", ["503 after effect", "503 before effect", "reset after effect"])
def test_unknown_outcome_of_storing(console: Console, name: str) -> None:
    """A secret that may have been stored is looked for in the vault."""
    applied = _rotate(console, {"service": "vault", "method": "PUT", "path": "/secrets/", **UNKNOWN[name]})
    _assert_rotated(console, applied)


@pytest.mark.fault("N10")
@pytest.mark.parametrize("retry_after", ["1", "0", "0.2", "garbage", None], ids=str)
def test_throttled_write(console: Console, retry_after: str | None) -> None:
    """A throttled write had no effect and is sent again after the time that was asked for."""
    fault = {"kind": "status", "status": 429, "retry_after": retry_after, "times": 2}
    applied = _rotate(console, {"service": "graph", "method": "POST", "path": ADD, **fault})
    _assert_rotated(console, applied)
    added = [write for write in console.lab.writes if write.path.endswith("addPassword")]
    assert [write.effect for write in added] == [False, False, True]


@pytest.mark.fault("N14")
def test_concurrency_violation(console: Console) -> None:
    """Graph's 409 after adjacent writes is waited out."""
    fault = {"kind": "status", "status": 409, "code": "Directory_ConcurrencyViolation", "times": 1}
    _assert_rotated(console, _rotate(console, {"service": "graph", "method": "POST", "path": REMOVE, **fault}))


@pytest.mark.fault("N9")
def test_redirected_write_goes_nowhere_else(console: Console, tmp_path: Path) -> None:
    """A redirect in answer to a write is not followed; the other server sees nothing."""
    with Lab(directory=tmp_path / "other") as other:
        location = f"{other.endpoints['graph']}/v1.0/applications/x/addPassword"
        fault = {"kind": "redirect", "location": location, "status": 307}
        applied = _rotate(console, {"service": "graph", "method": "POST", "path": ADD, **fault})
        assert other.request_counts() == []
    _assert_rotated(console, applied)


@pytest.mark.fault("N21")
def test_secret_that_is_not_accepted_at_once(console: Console) -> None:
    """A new secret that takes a while until it signs in is waited for before the old one goes."""
    console.lab.store.lag.secret_delay = 1.0
    _assert_rotated(console, _rotate(console))


@pytest.mark.fault("N28")
def test_vault_that_refuses(console: Console) -> None:
    """When the new secret cannot be stored it is taken back, and the old one keeps working."""
    old = console.lab.store.secrets[console.key_id("payroll-api:primary")].value
    fault = {"service": "vault", "method": "PUT", "path": "/secrets/", "kind": "status", "status": 403, "times": None}
    applied = _rotate(console, fault)
    assert applied.json["results"][0]["status"] in ("compensated", "failed")
    assert applied.code in (3, 9)
    assert [secret["keyId"] for secret in _secrets(console)] == [console.key_id("payroll-api:primary")]
    assert console.lab.store.check_secret(console.app_id("payroll-api"), old) is SignInVerdict.ok


_VAULT_FAILS = [{"kind": "status", "status": 503}, {"kind": "reset", "when": "before"}]


@pytest.mark.fault("N28")
@pytest.mark.parametrize("kind", _VAULT_FAILS, ids=["503", "reset"])
def test_vault_that_fails_twice(console: Console, kind: dict[str, object]) -> None:
    """Each failure is settled by reading and the value is sent again."""
    fault = {"service": "vault", "method": "PUT", "path": "/secrets/", **kind}
    _assert_rotated(console, _rotate(console, {**fault, "times": 2}))


@pytest.mark.fault("N28")
@pytest.mark.parametrize("kind", _VAULT_FAILS, ids=["503", "reset"])
def test_vault_that_keeps_failing(console: Console, kind: dict[str, object]) -> None:
    """It costs the new secret and not the old one."""
    console.change_config("throttle: {", "throttle: {attempts: 3, ")
    fault = {"service": "vault", "method": "PUT", "path": "/secrets/", **kind}
    applied = _rotate(console, {**fault, "times": None})
    assert applied.code == 3, applied.out
    assert applied.json["results"][0]["status"] == "compensated"
    assert [secret["keyId"] for secret in _secrets(console)] == [console.key_id("payroll-api:primary")]


@pytest.mark.fault("N21")
def test_secret_that_never_signs_in(console: Console) -> None:
    """Without proof the new secret is taken back, and the old one keeps working."""
    console.change_config("secrets:", "secrets:\n  proof_deadline: PT0.3S")
    console.lab.store.lag.secret_delay = 3600.0
    applied = _rotate(console)
    assert applied.code == 3
    assert applied.json["results"][0]["status"] == "compensated"
    assert [secret["keyId"] for secret in _secrets(console)] == [console.key_id("payroll-api:primary")]


def test_outcome_that_cannot_be_settled(console: Console) -> None:
    """When reading cannot settle a write a person is asked; applying again goes on and ends well."""
    row = f"client-secret,{console.app_id('payroll-api')},{console.key_id('payroll-api:primary')},"
    console.change_config("throttle: {", "throttle: {attempts: 1, ")
    console.change_config("deadline: PT30S", "deadline: PT0.5S")
    _, plan = console.plan("rotate-exposed-secrets", "--credentials", console.credentials(row))
    application = console.lab.store.named["payroll-api"]
    # A fault after the effect spares the reads in batches, with which a change begins; looking for the secret fails.
    console.lab.set_faults(
        [
            {"method": "POST", "path": ADD, "kind": "reset", "when": "after"},
            {
                "method": "GET",
                "path": f"/applications/{application}$",
                "kind": "status",
                "times": None,
                "when": "after",
            },
        ]
    )
    stuck = console.apply(plan)
    assert (stuck.code, stuck.json["results"][0]["status"]) == (8, "needs_operator")
    console.lab.set_faults([])
    _assert_rotated(console, console.apply(plan))


@pytest.mark.fault("N22")
def test_a_last_look_that_fails_keeps_the_run_open(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """The change stands; that nobody could look for strays is told, and `resume` looks again."""

    async def unreadable(*_: object) -> None:
        raise ServiceFailing("503 from the vault")

    with monkeypatch.context() as patched:
        patched.setattr(RotateAppSecret, "sweep", unreadable)
        applied = _rotate(console, {"kind": "status", "status": 503, "when": "before", "path": ADD, "times": 1})
    assert applied.code == ExitCode.UNRESOLVED, applied.out + applied.err
    assert [one["status"] for one in applied.json["results"]] == ["verified"]
    assert [one["reason"] for one in applied.json["unswept"]] == ["503 from the vault"]
    resumed = console.run("resume", "--yes", "--confirm-tenant", console.lab.store.tenant_id, "--json")
    assert (resumed.json["exit_code"], resumed.json["unswept"]) == (ExitCode.DONE, [])
    _assert_rotated(console, resumed)
