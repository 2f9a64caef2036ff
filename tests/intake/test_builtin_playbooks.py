"""The built-in playbooks: each is found, is valid with the real actions, and is documented."""

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import azremediate.actions
from azremediate.core.action import Action
from azremediate.core.credential import CredentialKind
from azremediate.core.errors import PlaybookInvalid
from azremediate.core.playbook import Source, Usage
from azremediate.intake.builtin_playbooks import builtin_playbooks, is_builtin_name
from azremediate.intake.playbook_file import read_playbook

ROOT = Path(__file__).parents[2]
NAMES = [
    "block-legacy-authentication",
    "contain-app-credential",
    "contain-hybrid-user",
    "contain-user",
    "contain-vendor-app",
    "deactivate-unused-apps",
    "disable-unused-service-principals",
    "enable-privileged-mfa",
    "enforce-privileged-mfa",
    "harden-apps",
    "respond-password-spray",
    "respond-to-exposed-credentials",
    "restore-applications",
    "restore-user",
    "revoke-exposed-sessions",
    "revoke-illicit-consent",
    "rotate-app-credential",
    "rotate-exposed-secrets",
    "rotate-key-vault-exposed-secrets",
]


@pytest.fixture(scope="module")
def actions() -> Mapping[str, Action]:
    """The actions that exist, by name."""
    names = [module.name for module in iter_modules(azremediate.actions.__path__) if not module.name.startswith("_")]
    return {name: import_module(f"azremediate.actions.{name}").ACTION for name in names}


def test_they_are_listed_with_their_descriptions() -> None:
    """All of them, in the order of their names."""
    found = builtin_playbooks()
    assert [name for name, _ in found] == NAMES
    assert all(description.endswith(".") and "\n" not in description for _, description in found)


def test_those_of_an_installed_package_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed, they lie inside the package, where there is no source checkout around it."""
    installed = tmp_path / "azremediate"
    (installed / "playbooks").mkdir(parents=True)
    (installed / "playbooks" / "only-this.yaml").write_text("description: One.\n", encoding="utf-8")
    monkeypatch.setattr("importlib.resources.files", {"azremediate": installed}.__getitem__)
    assert builtin_playbooks() == [("only-this", "One.")]


@pytest.mark.parametrize("name", NAMES)
def test_each_is_valid(name: str, actions: Mapping[str, Action]) -> None:
    """A built-in playbook is named like its file and passes the check of any other."""
    playbook = read_playbook(name, actions)
    assert (playbook.name, playbook.file) == (name, "")


@pytest.mark.parametrize("name", NAMES)
def test_each_has_its_section(name: str) -> None:
    """docs/playbooks.md has a heading for it."""
    assert f"\n### {name}\n" in (ROOT / "docs" / "playbooks.md").read_text(encoding="utf-8")


def test_the_response_takes_each_application_once(actions: Mapping[str, Action]) -> None:
    """Disabling and rotating share the verdicts about use between them: every verdict, none twice, same age."""
    read = read_playbook("respond-to-exposed-credentials", actions).steps
    steps = {step.action: step for step in reversed(read)}  # the first of each action: sessions are revoked twice
    disable, remove, rotate = (
        steps[name].selector for name in ("disable_service_principal", "remove_app_secret", "rotate_app_secret")
    )
    assert replace(disable, kind=remove.kind) == remove
    certificates = [steps[name].selector for name in ("remove_app_credentials", "rotate_app_certificate")]
    assert sorted(usage for selector in certificates for usage in selector.usage) == sorted(Usage)
    assert {*disable.kind} == {CredentialKind.FEDERATED_CREDENTIAL, *remove.kind, *certificates[0].kind}
    assert set(disable.usage) == {Usage.UNUSED, Usage.NEVER_USED}
    assert sorted((*disable.usage, *rotate.usage)) == sorted(Usage)
    assert disable.unused_days == rotate.unused_days
    assert {step.source for step in steps.values()} == {Source.CREDENTIALS}
    assert set(steps["revoke_sessions"].selector.kind) == {CredentialKind.SESSION, CredentialKind.USER_PASSWORD}


@pytest.mark.parametrize("name", ["disable-unused-service-principals", "enforce-privileged-mfa"])
def test_tenant_wide_playbooks_need_no_list(name: str, actions: Mapping[str, Action]) -> None:
    """They say so by `from: tenant` in every step."""
    assert not read_playbook(name, actions).needs_credentials


@pytest.mark.parametrize("name", ["rotate-exposed-secret", "..", "", "Rotate", "a\x1b[31m"])
def test_an_unknown_name_is_a_sentence(name: str, actions: Mapping[str, Action]) -> None:
    """The closest name or the list of them is the hint, and a hostile name is shown escaped."""
    with pytest.raises(PlaybookInvalid, match="there is no playbook") as caught:
        read_playbook(name, actions)
    assert "rotate-exposed-secrets" in caught.value.hint
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("rotate-exposed-secrets", True), ("own.yaml", False), ("./own", False), ("C:\\own", False), ("OWN.YML", False)],
)
def test_names_and_files_are_told_apart(text: str, expected: bool) -> None:
    """A path separator or the ending of a YAML file makes a path."""
    assert is_builtin_name(text) is expected


def test_nothing_is_deleted_by_a_built_in_playbook(actions: Mapping[str, Action]) -> None:
    """Deleting an application is asked for by name, never a step of what is shipped."""
    assert "delete_application" in actions
    steps = [step.action for name in NAMES for step in read_playbook(name, actions).steps]
    assert "delete_application" not in steps
