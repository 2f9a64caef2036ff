"""Reads the accounts of guards.break_glass as they are, and who is in a group that somebody named there."""

from collections.abc import Sequence
from dataclasses import replace

from azremediate.core.break_glass import Account
from azremediate.core.concurrency import at_once
from azremediate.core.errors import ObjectMissing
from azremediate.core.json_value import text_at
from azremediate.core.permission import Needs, Reader
from azremediate.core.ports import Read, TenantReader
from azremediate.resolve import lookup
from azremediate.resolve.tenant_profile import read_accounts

READER = Reader(
    "break_glass",
    "reads the break-glass accounts, and the members of a group that was named in their place",
    Needs(graph=("User.Read.All", "GroupMember.Read.All")),
)


async def read_break_glass(tenant: TenantReader, ids: Sequence[str]) -> tuple[Account, ...]:
    """One for each id, in order; raises when one cannot be looked at."""
    accounts = await read_accounts(tenant, ids)
    return tuple(await at_once(_with_members(tenant, account) for account in accounts))


async def _with_members(tenant: TenantReader, account: Account) -> Account:
    if account.exists or lookup.form_of(account.id) is not lookup.Form.ID:
        return account
    read = Read(f"/groups/{account.id}/transitiveMembers", {"$select": "id"})
    try:
        rows = await lookup.every(tenant, read)
    except ObjectMissing:
        return account
    return replace(account, members=frozenset(text_at(row, "id").lower() for row in rows))
