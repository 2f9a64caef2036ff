"""Break-glass accounts are read as they are; a group in their place brings its members."""

import pytest

from azremediate.core.errors import PermissionMissing
from azremediate.resolve.break_glass import read_break_glass
from tests.resolve.directory import a_directory, user_id

GROUP = "eeeeeeee-0000-4000-8000-000000000077"


async def test_accounts_and_groups() -> None:
    """Accounts, a group with everybody in it, an empty group, what is gone and what is no id, in order."""
    tenant = a_directory()
    empty = GROUP.replace("77", "78")
    tenant.collections |= {
        f"/groups/{GROUP}/transitiveMembers": [{"id": user_id(2).upper()}, {"id": user_id(4)}],
        f"/groups/{empty}/transitiveMembers": [],
    }
    found = await read_break_glass(tenant, [user_id(1), GROUP, empty, user_id(99), "not/an id"])
    assert [account.usable for account in found] == [True, False, False, False, False]
    assert [account.members for account in found] == [None, {user_id(2), user_id(4)}, frozenset(), None, None]


async def test_group_that_cannot_be_looked_at() -> None:
    """Not being able to look is not "nobody is in it"."""
    tenant = a_directory()
    tenant.single[f"/groups/{GROUP}/transitiveMembers"] = PermissionMissing("no", status=403)
    tenant.collections[f"/groups/{GROUP}/transitiveMembers"] = []
    with pytest.raises(PermissionMissing):
        await read_break_glass(tenant, [GROUP])
