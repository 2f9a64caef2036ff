"""Listed federated credentials always go, others by the allow-list and the log, and what stays is named."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from azremediate.actions._federated import AllowList, Others
from azremediate.actions.remove_federated_credentials import ACTION, Params
from azremediate.core.change import CannotUndo, Change, Skip, UndoClass
from azremediate.core.clock import iso
from azremediate.core.credential import CredentialKind
from azremediate.core.errors import ChangeFailed, InputInvalid, OutcomeUnknown
from azremediate.core.target import ExposedCredential, Target, TargetKind
from tests.actions.stage import APPLICATION, a_tenant, an_application, change_of, holds, planned, run_of
from tests.fakes import START, FakeTenant

GITHUB = "https://token.actions.githubusercontent.com"
MAIN, RELEASE, EVIL = (f"ffffffff-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
PATH = f"/applications/{APPLICATION}/federatedIdentityCredentials"
AUDITS = "/auditLogs/directoryAudits"
SINCE = iso(START - timedelta(days=5))


def _fic(fic_id: str, name: str, subject: str) -> dict[str, Any]:
    return {
        "id": fic_id,
        "name": name,
        "issuer": GITHUB,
        "subject": subject,
        "description": None,
        "audiences": ["api://AzureADTokenExchange"],
    }


def _audit(days: float, old: str | None = None, new: str | None = None) -> dict[str, Any]:
    changes = [{"displayName": "FederatedIdentityCredentials", "oldValue": old or "null", "newValue": new or "null"}]
    return {
        "id": f"a{days}",
        "activityDateTime": iso(START - timedelta(days=days)),
        "activityDisplayName": "Update application",
        "targetResources": [{"id": APPLICATION, "modifiedProperties": changes}],
    }


def _stage(*audits: dict[str, Any]) -> FakeTenant:
    """Two credentials of the owner and one that somebody added; the log reaches back a month."""
    tenant = a_tenant()
    tenant.collections[PATH] = [
        _fic(MAIN, "main", "repo:contoso/app:ref:refs/heads/main"),
        _fic(RELEASE, "release", "repo:contoso/app:ref:refs/heads/release"),
        _fic(EVIL, "build", "repo:evil/app:ref:refs/heads/main"),
    ]
    tenant.collections[AUDITS] = [*audits]
    tenant.single[AUDITS] = {"value": [_audit(30), *audits]}
    return tenant


def _target(*listed: str, since: str = SINCE) -> Target:
    kind, holder = CredentialKind.FEDERATED_CREDENTIAL, TargetKind.APPLICATION
    exposed = tuple(ExposedCredential(kind, holder, APPLICATION, one, "", "", "listed") for one in listed)
    return replace(an_application(), exposed=exposed, exposed_since=since)


def _left(tenant: FakeTenant) -> list[str]:
    return [row["id"] for row in tenant.collections[PATH]]


ADDED = _audit(2, new='"build"')
CASES: dict[str, tuple[Target, Params, list[str]]] = {
    "listed": (_target(MAIN), Params(others=Others.NONE), [RELEASE, EVIL]),
    "listed, although it is allowed": (_target(MAIN), Params(keep=(f"{GITHUB}|*",)), [RELEASE, EVIL]),
    "added after the exposure": (_target(MAIN), Params(), [RELEASE]),
    "added after, and nothing is listed": (_target(), Params(), [MAIN, RELEASE]),
    "none but the allowed": (
        _target(),
        Params(keep=(f"{GITHUB}|repo:contoso/app:*",), others=Others.ALL),
        [MAIN, RELEASE],
    ),
    "all": (_target(), Params(others=Others.ALL), []),
}


@pytest.mark.parametrize("name", CASES)
async def test_what_goes(name: str) -> None:
    """What has to go is gone; what stays is there."""
    target, params, left = CASES[name]
    tenant = _stage(ADDED)
    change = await change_of(ACTION, target, tenant, params)
    assert not await holds(ACTION, change, tenant)
    await ACTION.apply(change, run_of(change, tenant))
    assert _left(tenant) == left
    assert await holds(ACTION, change, tenant)
    assert change.after == {"federatedCredentialIds": left}


async def test_what_stays_is_named() -> None:
    """One that nobody allows and that stays is in the warnings, with what is known of its age."""
    change = await change_of(ACTION, _target(MAIN), _stage(), Params())
    assert len(change.warnings) == 2
    assert "'build'" in change.warnings[1]
    assert "there before the exposure" in change.warnings[1]


@pytest.mark.parametrize(
    ("target", "audits", "said"),
    [
        (_target(MAIN, since=""), [], "names no time of exposure"),
        (_target(MAIN, since=iso(START - timedelta(days=90))), [], "does not reach back"),
        (_target(MAIN), [_audit(2, '"build"', '"build"')], "added or changed is not known"),
    ],
    ids=["no time of exposure", "older than the log", "changed since"],
)
async def test_unknown_age_is_for_a_person(target: Target, audits: list[dict[str, Any]], said: str) -> None:
    """What the log cannot tell is said, and never taken for harmless; alone it is work that is left."""
    change = await change_of(ACTION, target, _stage(*audits))
    assert any(said in warning for warning in change.warnings), change.warnings
    alone = await planned(ACTION, replace(target, exposed=()), _stage(*audits))
    assert isinstance(alone, Skip)
    assert not alone.done


async def test_nothing_to_remove() -> None:
    """All allowed: nothing is due."""
    skip = await planned(ACTION, _target(), _stage(), Params(keep=(f"{GITHUB}|*",), others=Others.ALL))
    assert isinstance(skip, Skip)
    assert skip.done


@pytest.mark.parametrize("after", [True, False], ids=["had effect", "had no effect"])
async def test_unknown_outcome(after: bool) -> None:
    """A removal without an answer is looked for, and repeated only if it had no effect."""
    tenant = _stage()
    change = await change_of(ACTION, _target(MAIN), tenant)
    tenant.fail[f"remove-{MAIN}"] = (OutcomeUnknown("no answer"), after)
    await ACTION.apply(change, run_of(change, tenant))
    assert len(tenant.writes) == 1
    assert await holds(ACTION, change, tenant)


async def test_the_same_trust_under_another_name_does_not_hold() -> None:
    """Somebody who adds the exposed pair again is noticed."""
    tenant = _stage()
    change = await change_of(ACTION, _target(EVIL), tenant)
    await ACTION.apply(change, run_of(change, tenant))
    tenant.collections[PATH].append(_fic(RELEASE[:-1] + "9", "again", "repo:evil/app:ref:refs/heads/main"))
    assert not await holds(ACTION, change, tenant)


async def test_undo_makes_only_unlisted_ones_again() -> None:
    """The exposed one stays away; the other comes back with everything but its id, and that can be undone."""
    tenant = _stage(ADDED)
    change = await change_of(ACTION, _target(MAIN), tenant)
    assert change.undo_class is UndoClass.RECREATABLE
    await ACTION.apply(change, run_of(change, tenant))
    tenant.journal.records.clear()
    back = ACTION.undo(change, await ACTION.observe(change.target, tenant))
    assert isinstance(back, Change)
    await ACTION.apply(back, run_of(back, tenant))
    assert await holds(ACTION, back, tenant)
    (made,) = [row for row in tenant.collections[PATH] if row["name"] == "build"]
    assert (made["issuer"], made["subject"], made["id"] != EVIL) == (GITHUB, "repo:evil/app:ref:refs/heads/main", True)
    assert MAIN not in _left(tenant)
    tenant.journal.records.clear()
    again = ACTION.undo(back, await ACTION.observe(back.target, tenant))
    assert isinstance(again, Change)
    await ACTION.apply(again, run_of(again, tenant))
    assert _left(tenant) == [RELEASE]


async def test_undo_of_an_exposed_one_is_refused() -> None:
    """By design, and the plan says so beforehand."""
    tenant = _stage()
    change = await change_of(ACTION, _target(MAIN), tenant)
    assert "refused by design" in change.undo_note
    await ACTION.apply(change, run_of(change, tenant))
    refused = ACTION.undo(change, await ACTION.observe(change.target, tenant))
    assert isinstance(refused, CannotUndo)
    assert "refused by design" in refused.reason


async def test_altered_plan_is_refused() -> None:
    """A plan that names a path instead of an id, or another kind of object, sends nothing."""
    tenant = _stage()
    change = await change_of(ACTION, _target(MAIN), tenant)
    bad: dict[str, Any] = {**change.work, "removals": [{"id": "../../users", "listed": True, "body": {}}]}
    for altered in (replace(change, work=bad), replace(change, target=replace(change.target, kind=TargetKind.USER))):
        with pytest.raises(ChangeFailed):
            await ACTION.apply(altered, run_of(altered, tenant))
    assert tenant.writes == []


@pytest.mark.parametrize("pattern", ["issuer", "|subject", "issuer|", "https://*.example|x", ""])
def test_patterns(pattern: str) -> None:
    """What is no pair is refused where it is given."""
    with pytest.raises(InputInvalid):
        Params(keep=(pattern,))


@pytest.mark.parametrize(
    ("pattern", "subject", "allowed"),
    [
        (f"{GITHUB}|repo:contoso/app:*", "repo:contoso/app:ref:x", True),
        (f"{GITHUB}|repo:contoso/*", "repo:contoso.evil/app", False),
        (f"{GITHUB}|repo:contoso/a.p", "repo:contoso/app", False),
        (f"{GITHUB}/|*", "repo:contoso/app", False),
        (f"{GITHUB}|*", "", False),
    ],
)
def test_allow_list(pattern: str, subject: str, allowed: bool) -> None:
    """The issuer is compared exactly, and only a star stands for other text."""
    assert AllowList((pattern,)).allows({"issuer": GITHUB, "subject": subject}) is allowed
