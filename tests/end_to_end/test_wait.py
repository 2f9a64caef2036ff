"""Another process holds the state directory: exit code 6 at once, or the command waits until it is free."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.console import Console

HOLDER = """
import asyncio, sys
from pathlib import Path
from azremediate.cli.system_clock import SystemClock
from azremediate.journal.run_journal import open_journal
async def hold():
    async with open_journal(Path(sys.argv[1]), SystemClock(), operation="apply"):
        print("held", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
asyncio.run(hold())
"""


@pytest.fixture
def plan(console: Console) -> Path:
    """A plan of one revocation."""
    row = f"session,kate.user@{console.lab.store.domain},,"
    return console.plan("revoke-exposed-sessions", "--credentials", console.credentials(row))[1]


def test_another_process(console: Console, plan: Path) -> None:
    """Without --wait it is told at once; with it the command goes on when the other process has ended."""
    state = console.folder / ".azremediate"
    job = ("--yes", "--confirm-tenant", console.lab.store.tenant_id)
    command = [sys.executable, "-c", HOLDER, str(state)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:  # noqa: S603 - our own
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        refused = console.run("apply", plan, *job)
        assert refused.code == 6
        assert "--wait" in refused.err
        waiting = [sys.executable, "-m", "azremediate", "--config", str(console.config), "apply", str(plan), *job]
        with subprocess.Popen([*waiting, "--wait", "PT2M"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as waiter:  # noqa: S603 - our own
            holder.stdin.write("\n")
            holder.stdin.flush()
            waiter.communicate()
            assert waiter.returncode == 0
    assert len([one for one in console.lab.effects if one.path.endswith("revokeSignInSessions")]) == 1


def test_wrong_duration(console: Console, plan: Path) -> None:
    """What is no duration is an error of usage that names one."""
    ran = console.run("apply", plan, "--wait", "5 minutes")
    assert ran.code == 2
    assert "PT15M" in ran.err
