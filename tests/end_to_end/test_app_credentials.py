"""All credentials of an application removed on the simulated tenant: none of them signs in any more."""

import pytest

from tests.end_to_end.app_client import AppClient, Stolen
from tests.end_to_end.console import Console

ACTION, APP = "remove_app_credentials", "billing-worker"


class Held:
    """An application with two secrets, a certificate of its own and one on its service principal."""

    def __init__(self, console: Console) -> None:
        store = console.lab.store
        self.client = AppClient(console, APP)
        self.application = store.applications[store.named[APP]]
        principal = store.service_principals.by_alternate(self.client.app_id)
        assert principal is not None
        self.principal = principal
        self.secrets = [store.secrets[console.key_id(f"{APP}:{label}")].value for label in ("primary", "secondary")]
        self.stolen = [Stolen(), Stolen()]
        self.application["keyCredentials"] = [self.stolen[0].as_credential()]
        self.principal["keyCredentials"] = [self.stolen[1].as_credential()]

    def answers(self) -> list[int]:
        """What each credential gets: 0 or the number of the refusal."""
        by_secret = [self.client.with_secret(text) for text in self.secrets]
        return [*by_secret, *(self.client.with_key(one.key, one.certificate) for one in self.stolen)]


def _run(console: Console, *more: str) -> tuple[int, str]:
    confirm = ("--apply", "--yes", "--confirm-tenant", console.lab.store.tenant_id, "--json")
    ran = console.run("run", ACTION, console.app_id(APP), *more, *confirm)
    return ran.code, ran.out


def test_no_old_credential_signs_in(console: Console) -> None:
    """Every secret and certificate of both objects is refused, and again there is nothing to do."""
    held = Held(console)
    assert held.answers() == [0, 0, 0, 0]
    code, out = _run(console)
    assert code == 0, out
    assert '"credentials_left":0' in out.replace(" ", "")
    assert held.answers() == [7000215, 7000215, 700027, 700027]
    assert held.application["keyCredentials"] == held.principal["keyCredentials"] == []
    sent = len(console.lab.writes)
    assert console.run("verify").code == 0
    assert (_run(console)[0], len(console.lab.writes)) == (0, sent)
    undone = console.run("undo", "-o", console.folder / "undo.plan.json", "--json")
    assert undone.json["changes"] == []
    assert console.run("audit", "verify").code == 0


def test_signing_certificate_stays(console: Console) -> None:
    """A SAML certificate is kept with its other half, and named."""
    held = Held(console)
    saml = Stolen()
    twin = {**saml.as_credential(), "keyId": Stolen().key_id}
    held.principal["keyCredentials"] += [saml.as_credential("Sign"), twin]
    shown = console.run("run", ACTION, console.app_id(APP), "--json")
    assert saml.key_id in shown.out
    assert _run(console)[0] == 0
    assert [one["keyId"] for one in held.principal["keyCredentials"]] == [saml.key_id, twin["keyId"]]
    assert held.answers() == [7000215, 7000215, 700027, 700027]
    assert _run(console, "--with", "sign_keys=true")[0] == 0
    assert held.principal["keyCredentials"] == []


@pytest.mark.parametrize("when", ["after", "before"])
def test_unknown_outcome(console: Console, when: str) -> None:
    """A replaced list whose answer was lost is looked up."""
    held = Held(console)
    fault = {"service": "graph", "method": "PATCH", "path": "/applications/", "kind": "reset", "when": when, "times": 1}
    console.lab.set_faults([fault])
    assert _run(console)[0] == 0
    assert held.answers() == [7000215, 7000215, 700027, 700027]


def test_protected(console: Console) -> None:
    """A guard refuses it."""
    console.change_config("guards:", "guards:\n  protected: ['Billing*']")
    assert _run(console)[0] == 4
    assert console.lab.effects == []
