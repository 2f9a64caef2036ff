"""Each guard refuses what it protects, by every form of id, and nothing else."""

from dataclasses import replace

import pytest

from azremediate.core.break_glass import Account
from azremediate.core.change import UndoClass
from azremediate.core.config import GuardSettings
from azremediate.core.guards import (
    GLOBAL_ADMINISTRATOR,
    GuardFacts,
    OwnIdentity,
    plan_verdicts,
    target_verdicts,
)
from azremediate.core.target import Target, TargetKind
from tests.core.plans import TENANT_ID, a_change, a_target

BREAK_GLASS = ("dddddddd-0000-4000-8000-000000000001", "dddddddd-0000-4000-8000-000000000002")
ADMIN = "eeeeeeee-0000-4000-8000-000000000001"
OWN = OwnIdentity(
    app_id="cccccccc-0000-4000-8000-000000000001",
    object_id="cccccccc-0000-4000-8000-000000000002",
    application_id="cccccccc-0000-4000-8000-000000000003",
)
SETTINGS = GuardSettings(break_glass=BREAK_GLASS, protected=("bbbbbbbb-0000-4000-8000-000000000077", "Sync_*"))
FACTS = GuardFacts(
    own=OWN,
    break_glass=tuple(Account(identifier, exists=True, enabled=True) for identifier in BREAK_GLASS),
    administrators=frozenset({ADMIN}),
    population={TargetKind.SERVICE_PRINCIPAL: 60},
    global_administrators=frozenset(BREAK_GLASS),
)
USER = a_target(5, TargetKind.USER, app_id="")
TENANT = Target(TENANT_ID, TargetKind.TENANT, TENANT_ID, "Contoso", exempt=tuple(map(str.upper, BREAK_GLASS)))

REFUSED: dict[str, tuple[str, Target]] = {
    "own appId": ("own-identity", a_target(app_id=OWN.app_id.upper())),
    "own service principal": ("own-identity", a_target(id=OWN.object_id)),
    "own application": ("own-identity", a_target(application_id=OWN.application_id)),
    "own service principal of an application": ("own-identity", a_target(service_principal_id=OWN.object_id)),
    "break-glass account": ("break-glass", replace(USER, id=BREAK_GLASS[0].upper())),
    "break-glass account called otherwise": ("break-glass", a_target(id=BREAK_GLASS[0])),
    "tenant that leaves out somebody else": ("break-glass", replace(TENANT, exempt=(*BREAK_GLASS, ADMIN))),
    "tenant that leaves out nobody": ("break-glass", replace(TENANT, exempt=())),
    "Microsoft's own": ("microsoft-owned", a_target(owner_tenant_id="f8cdef31-a31e-4b4a-93e4-5f571e91255a")),
    "managed identity": ("managed-identity", a_target(service_principal_type="ManagedIdentity")),
    "protected by appId": ("protected", a_target(app_id="BBBBBBBB-0000-4000-8000-000000000077")),
    "protected by name": ("protected", a_target(display_name="SYNC_contoso")),
    "protected by user principal name": ("protected", replace(USER, user_principal_name="sync_1@contoso.com")),
}


@pytest.mark.fault("G1", "G2")
@pytest.mark.parametrize("name", REFUSED)
def test_refuses(name: str) -> None:
    """The guard says no with its name and a reason."""
    guard, target = REFUSED[name]
    verdicts = {verdict.guard: verdict for verdict in target_verdicts(target, "an_action", SETTINGS, FACTS)}
    assert not verdicts[guard].passed
    assert verdicts[guard].reason


@pytest.mark.parametrize("target", [a_target(), USER, replace(USER, id=ADMIN), TENANT], ids=lambda item: item.kind)
def test_lets_everything_else_pass(target: Target) -> None:
    """An ordinary target, and an administrator while emergency accounts work, pass every guard."""
    assert all(verdict.passed for verdict in target_verdicts(target, "an_action", SETTINGS, FACTS))


@pytest.mark.fault("G4")
@pytest.mark.parametrize(
    "accounts",
    [
        (),
        (Account(BREAK_GLASS[0], exists=True, enabled=True),),
        (Account(BREAK_GLASS[0], exists=True, enabled=True), Account(BREAK_GLASS[1], exists=False)),
        (Account(BREAK_GLASS[0], exists=True, enabled=True), Account(BREAK_GLASS[1], exists=True, enabled=False)),
        (
            Account(BREAK_GLASS[0], exists=True, enabled=True),
            Account(BREAK_GLASS[1], exists=True, enabled=True, guest=True),
        ),
        (Account(BREAK_GLASS[0], exists=True, enabled=True), Account(BREAK_GLASS[0], exists=True, enabled=True)),
    ],
    ids=["none", "one", "one missing", "one disabled", "one guest", "one twice"],
)
@pytest.mark.parametrize("target", [TENANT, replace(USER, id=ADMIN)], ids=["policy", "administrator"])
def test_two_usable_break_glass_accounts_are_needed(accounts: tuple[Account, ...], target: Target) -> None:
    """With fewer, neither sign-in policy nor an administrator is touched; ordinary users still are."""
    facts = replace(FACTS, break_glass=accounts)
    assert not all(verdict.passed for verdict in target_verdicts(target, "an_action", SETTINGS, facts))
    assert all(verdict.passed for verdict in target_verdicts(USER, "an_action", SETTINGS, facts))


@pytest.mark.fault("G2", "G4")
def test_a_policy_leaves_out_accounts_and_no_group() -> None:
    """Where the configuration names a group, no policy is made, however many accounts stand beside it."""
    group = Account("dddddddd-0000-4000-8000-000000000077", exists=False, members=frozenset({ADMIN}))
    facts = replace(FACTS, break_glass=(*FACTS.break_glass, group))
    verdicts = {one.guard: one for one in target_verdicts(TENANT, "an_action", SETTINGS, facts)}
    assert "names the group" in verdicts["break-glass-configuration"].reason
    assert all(one.passed for one in target_verdicts(USER, "an_action", SETTINGS, facts))
    assert not all(one.passed for one in target_verdicts(replace(USER, id=ADMIN), "an_action", SETTINGS, facts))


def test_not_knowing_who_is_an_administrator_is_not_knowing_that_nobody_is() -> None:
    """When roles could not be read and emergency accounts are missing, any user may be an administrator."""
    facts = replace(FACTS, break_glass=(), administrators=frozenset(), gaps=("eligible roles could not be read",))
    assert not all(verdict.passed for verdict in target_verdicts(USER, "an_action", SETTINGS, facts))


@pytest.mark.fault("G5")
@pytest.mark.parametrize(
    ("number", "settings", "population", "passes"),
    [
        (6, GuardSettings(max_changes=200, max_percent=10.0), 60, True),
        (7, GuardSettings(max_changes=200, max_percent=10.0), 60, False),
        (6, GuardSettings(max_changes=5, max_percent=100.0), 60, False),
        (1, GuardSettings(max_changes=0, max_percent=100.0), 60, False),
        (1, GuardSettings(max_changes=200, max_percent=0.0), 60, False),
        (1, GuardSettings(max_changes=200, max_percent=100.0), 0, False),
        (0, GuardSettings(max_changes=0, max_percent=0.0), 60, True),
        (1, GuardSettings(max_changes=1, max_percent=100.0), 1, True),
    ],
    ids=[
        "at the limit",
        "over the percent",
        "over the number",
        "0 means none",
        "0 % means none",
        "unknown",
        "empty",
        "all of one",
    ],
)
def test_limits(number: int, settings: GuardSettings, population: int, passes: bool) -> None:
    """Number and percent both hold, 0 means none, and an unknown population refuses."""
    facts = replace(FACTS, population={TargetKind.SERVICE_PRINCIPAL: population} if population else {})
    changes = [a_change(index) for index in range(number)]
    verdicts = plan_verdicts(changes, frozenset({"disable_service_principal"}), settings, facts)
    assert all(verdict.passed for verdict in verdicts) is passes


def test_percent_counts_only_limited_actions() -> None:
    """Revoking sessions of many is no blast; disabling many is."""
    facts = replace(FACTS, population={TargetKind.SERVICE_PRINCIPAL: 10})
    changes = [a_change(index, action="remove_app_secret") for index in range(10)]
    limited = frozenset({"disable_service_principal"})
    assert all(verdict.passed for verdict in plan_verdicts(changes, limited, SETTINGS, facts))


def test_percent_counts_each_kind_by_itself() -> None:
    """Users that are disabled do not count among the applications, nor a change that is not limited."""
    facts = replace(FACTS, population={TargetKind.SERVICE_PRINCIPAL: 10, TargetKind.USER: 20})
    changes = [a_change(1), *(a_change(number, action="remove_app_secret") for number in (2, 3))]
    changes += [a_change(target=replace(USER, id=f"u{number}")) for number in range(2)]
    verdicts = plan_verdicts(changes, frozenset({"disable_service_principal"}), SETTINGS, facts)
    assert [verdict.reason[:7] for verdict in verdicts if verdict.guard == "max-percent"] == ["1 of 10", "2 of 20"]


@pytest.mark.parametrize(
    ("people", "disabled", "passes"),
    [
        (2, [], True),
        (1, [], True),
        (2, ["app"], True),
        (1, ["app"], False),
        (3, ["p1"], True),
        (3, ["p1", "p2"], False),
    ],
    ids=["two stay", "nothing touched", "an application goes", "one person left", "three less one", "three less two"],
)
def test_last_administrators(people: int, disabled: list[str], passes: bool) -> None:
    """Whoever disables Global Administrators leaves two people who can sign in, counted over the whole plan."""
    in_charge = frozenset(f"p{number}" for number in range(1, people + 1))
    facts = replace(FACTS, global_administrators=in_charge | {"app"}, people_in_charge=in_charge)
    targets = [a_target(number, id=identifier.upper()) for number, identifier in enumerate(disabled)]
    changes = [a_change(target=target) for target in [*targets, a_target(9)]]
    limited = frozenset({"disable_service_principal"})
    verdicts = {one.guard: one.passed for one in plan_verdicts(changes, limited, SETTINGS, facts)}
    assert verdicts["last-administrator"] is passes
    harmless = {one.guard: one.passed for one in plan_verdicts(changes, frozenset(), SETTINGS, facts)}
    assert harmless["last-administrator"]


@pytest.mark.parametrize(
    ("roles", "passes"),
    [
        ([GLOBAL_ADMINISTRATOR], False),
        (["29232cdf-9323-42fd-ade2-1d097af3e4de", GLOBAL_ADMINISTRATOR], False),
        (["29232cdf-9323-42fd-ade2-1d097af3e4de"], True),
        ([], True),
        (None, True),
    ],
    ids=["that role", "among others", "another role", "no role", "no word of roles"],
)
def test_last_administrators_who_lose_the_role(roles: list[str] | None, passes: bool) -> None:
    """Whoever loses the role counts as whoever is disabled does, together with these."""
    in_charge = frozenset({"p1", "p2", "p3"})
    facts = replace(FACTS, global_administrators=in_charge, people_in_charge=in_charge)
    losing = replace(a_change(target=a_target(1, id="P1")), action="remove_role", work={"rolesTaken": roles})
    disabled = a_change(target=a_target(2, id="p2"))
    verdicts = {
        one.guard: one for one in plan_verdicts([losing, disabled], frozenset({disabled.action}), SETTINGS, facts)
    }
    assert verdicts["last-administrator"].passed is passes


@pytest.mark.fault("G3")
@pytest.mark.parametrize(("people", "passes"), [(2, True), (1, False)])
@pytest.mark.parametrize("kind", [TargetKind.USER, TargetKind.SERVICE_PRINCIPAL])
def test_last_administrators_that_are_not_known(people: int, passes: bool, kind: TargetKind) -> None:
    """Who is disabled may be an administrator through a group that could not be read: then two others are known."""
    in_charge = frozenset(f"p{number}" for number in range(people))
    facts = replace(FACTS, global_administrators=in_charge, people_in_charge=in_charge, gaps=("a group is closed",))
    changes = [a_change(target=replace(USER, kind=kind))]
    verdicts = plan_verdicts(changes, frozenset({"disable_service_principal"}), SETTINGS, facts)
    (verdict,) = (one for one in verdicts if one.guard == "last-administrator")
    assert verdict.passed is (passes or kind is TargetKind.SERVICE_PRINCIPAL)
    assert ("a group is closed" in verdict.reason) is (kind is TargetKind.USER)


@pytest.mark.parametrize(("most", "passes"), [(None, True), (1, True), (0, False)], ids=["no limit", "one", "none"])
@pytest.mark.parametrize("guard", ["max_irreversible", "max_privileged"])
def test_optional_limits(guard: str, most: int | None, passes: bool) -> None:
    """One change that cannot be undone, on an administrator: blank sets no limit, and 0 allows none."""
    final = replace(a_change(target=replace(USER, id=ADMIN)), undo_class=UndoClass.IRREVERSIBLE)
    settings = replace(SETTINGS, **{guard: most})  # type: ignore[arg-type]  # the two limits are numbers
    verdicts = plan_verdicts([final, a_change(2), a_change(3)], frozenset(), settings, FACTS)
    assert all(verdict.passed for verdict in verdicts) is passes
    assert (guard.replace("_", "-") in {verdict.guard for verdict in verdicts}) is (most is not None)


@pytest.mark.parametrize(
    ("taken", "passes"),
    [
        ([ADMIN], True),
        ([ADMIN, OWN.object_id.upper()], False),
        ([BREAK_GLASS[0]], False),
        ([], True),
        (None, None),
    ],
    ids=["somebody", "azremediate itself", "break-glass", "nobody", "another action"],
)
def test_owners_who_have_to_stay(taken: list[str] | None, passes: bool | None) -> None:
    """No plan takes an application away from azremediate's own identity or from a break-glass account."""
    change = replace(a_change(), work={} if taken is None else {"ownersTaken": taken})
    verdicts = {one.guard: one.passed for one in plan_verdicts([change], frozenset(), SETTINGS, FACTS)}
    assert verdicts.get("owners") is passes
