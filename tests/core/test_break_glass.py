"""Break-glass accounts are left alone by every road that leads to them, and count only if they open every door."""

from dataclasses import replace

import pytest

from azremediate.core.break_glass import Account, refusal, shortage
from azremediate.core.privilege import Person, Readiness
from azremediate.core.target import Target, TargetKind
from tests.core.plans import TENANT_ID, a_target

ONE, TWO, GROUP, MEMBER = (f"dddddddd-0000-4000-8000-00000000000{number}" for number in range(1, 5))
ACCOUNTS = tuple(Account(one, exists=True, enabled=True) for one in (ONE, TWO))
WITH_GROUP = (*ACCOUNTS, Account(GROUP, exists=False, members=frozenset({MEMBER})))
TENANT = Target(TENANT_ID, TargetKind.TENANT, TENANT_ID, "Contoso", exempt=(ONE, TWO))
USER = a_target(5, TargetKind.USER, app_id="")


def _people(*ids: str) -> Readiness:
    return Readiness(tuple(Person(one, f"{one[-1]}@x", False, (), True, ("Owner",)) for one in ids))


@pytest.mark.fault("G2")
@pytest.mark.parametrize(
    ("target", "accounts", "says"),
    [
        (replace(USER, id=ONE.upper()), ACCOUNTS, "it is a break-glass account"),
        (replace(USER, id=MEMBER.upper()), WITH_GROUP, f"in the group {GROUP}"),
        (replace(USER, id=MEMBER), ACCOUNTS, ""),
        (USER, WITH_GROUP, ""),
        (TENANT, ACCOUNTS, ""),
        (replace(TENANT, exempt=(ONE,)), ACCOUNTS, "not those of guards.break_glass"),
        (replace(TENANT, readiness=_people(MEMBER)), ACCOUNTS, ""),
        (replace(TENANT, readiness=_people(MEMBER, TWO.upper())), ACCOUNTS, "whom no policy may be for"),
    ],
    ids=[
        "an account",
        "in a group",
        "nobody's",
        "outside the group",
        "a policy",
        "a policy that leaves out one",
        "a policy for others",
        "a policy for one",
    ],
)
def test_refusal(target: Target, accounts: tuple[Account, ...], says: str) -> None:
    """By id, through a group that the configuration names, and as somebody whom a policy is for."""
    configured = tuple(account.id for account in accounts)
    said = refusal(target, configured, accounts)
    assert bool(said) is bool(says)
    assert says in said


@pytest.mark.parametrize(
    ("administrators", "says"),
    [
        ({ONE, TWO}, ""),
        ({ONE}, "1 of 2 configured break-glass accounts can be used (1 is no Global Administrator); 2 are needed"),
        (set[str](), "0 of 2 configured break-glass accounts can be used (2 are no Global Administrator)"),
    ],
    ids=["both", "one", "none"],
)
def test_only_a_global_administrator_can_repair_everything(administrators: set[str], says: str) -> None:
    """An account that lost the role opens no door."""
    said = shortage((ONE, TWO), ACCOUNTS, frozenset(administrators))
    assert bool(said) is bool(says)
    assert says in said
    assert shortage((ONE, TWO), ACCOUNTS, None) == ""
