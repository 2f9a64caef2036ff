"""What holds for every action: a guard refuses what nobody may touch, a lost answer is settled by reading."""

import pytest

from azremediate.cli.catalog import actions
from azremediate.core.target import TargetKind
from tests.end_to_end.console import Console

ACTIONS = actions()
OF_TENANT = [name for name, action in ACTIONS.items() if TargetKind.TENANT in action.targets]
OF_OBJECTS = [name for name in ACTIONS if name not in OF_TENANT]


def confirmed(console: Console) -> tuple[str, ...]:
    """What a job passes to apply a single action."""
    return ("--apply", "--yes", "--confirm-tenant", console.lab.store.tenant_id, "--json")


def untouchable(console: Console, kinds: tuple[TargetKind, ...]) -> str:
    """An object of a kind that a guard protects."""
    store = console.lab.store
    if TargetKind.USER in kinds:
        return store.named["break-glass-1"]
    if TargetKind.STORAGE_ACCOUNT in kinds:
        account = store.named["contosopayroll"]
        console.change_config("guards:", f"guards:\n  protected: ['{account}']")
        return account
    assert store.responder is not None
    return store.responder.app_id


@pytest.mark.parametrize("name", OF_OBJECTS)
def test_refused(console: Console, name: str) -> None:
    """The tool's own identity, a break-glass account, a protected account: exit code 4, the reason, and no write."""
    target = untouchable(console, ACTIONS[name].targets)
    ran = console.run("run", name, target, *confirmed(console))
    assert ran.code == 4, ran.out + ran.err
    assert console.lab.writes == []


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("enable_service_principal", "paused-app"),
        ("reactivate_application", "deactivated-app"),
        ("enable_user", "left.user"),
    ],
)
@pytest.mark.parametrize("when", ["after", "before"])
def test_lost_answer(console: Console, name: str, target: str, when: str) -> None:
    """A write whose answer is lost is settled by reading, whether or not it took effect; it ends verified."""
    fault = {
        "service": "graph",
        "method": "PATCH",
        "path": "/",
        "kind": "status",
        "status": 503,
        "when": when,
        "times": 1,
    }
    console.lab.set_faults([fault])
    named = f"{target}@{console.lab.store.domain}" if "." in target else console.app_id(target)
    ran = console.run("run", name, named, *confirmed(console))
    assert ran.code == 0, ran.out + ran.err
    assert [one["status"] for one in ran.json["results"]] == ["verified"]
    assert console.run("verify").code == 0
