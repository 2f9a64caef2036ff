"""A file FREEZE stops a run before its next write, and `resume` goes on when it is gone."""

from threading import Thread
from typing import Any

import pytest

from tests.end_to_end.console import Console
from tests.end_to_end.test_resume import disturbed_lab, lab, until

__all__ = ["disturbed_lab", "lab"]


@pytest.mark.fault("G6")
def test_frozen_in_the_middle_of_a_rotation(console: Console) -> None:
    """The new secret is stored, the old one stays, exit 130; thawed, the same secret takes over."""
    row = f"client-secret,{console.app_id('payroll-api')},{console.key_id('payroll-api:primary')},"
    _, plan = console.plan("rotate-exposed-secrets", "--credentials", console.credentials(row))
    store = console.lab.store
    application = store.applications[store.named["payroll-api"]]
    freeze = console.folder / ".azremediate" / "FREEZE"
    held = {"method": "POST", "path": "/addPassword$", "kind": "delay", "seconds": None, "when": "after"}
    console.lab.set_faults([held])

    def put() -> None:
        until(lambda: len(application["passwordCredentials"]) > 1)
        freeze.touch()
        console.lab.set_faults([])

    thread = Thread(target=put)
    thread.start()
    confirmed = ("--yes", "--confirm-tenant", store.tenant_id)
    ran = console.run("apply", plan, *confirmed)
    thread.join()
    assert ran.code == 130, ran.out + ran.err
    assert "FREEZE" in ran.out
    assert "azremediate resume" in ran.out
    assert len(application["passwordCredentials"]) == 2
    assert any(version["tags"].get("azr-keyid") for versions in store.vault.values() for version in versions)
    sent = len(console.lab.writes)
    again = console.run("resume", *confirmed)
    assert (again.code, "FREEZE" in again.err, len(console.lab.writes)) == (130, True, sent)
    freeze.unlink()
    resumed: Any = console.run("resume", *confirmed, "--json")
    assert resumed.code == 0, resumed.out + resumed.err
    assert len(application["passwordCredentials"]) == 1
    assert sum(write.path.endswith("addPassword") for write in console.lab.effects) == 1
    assert console.run("audit", "verify").code == 0
