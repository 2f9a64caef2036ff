"""Gathers from the tenant what guards judge by."""

from collections.abc import Mapping, Sequence

from azremediate.core.concurrency import together
from azremediate.core.config import GuardSettings
from azremediate.core.guards import GuardFacts
from azremediate.core.json_value import Json
from azremediate.core.ports import TenantReader
from azremediate.resolve.break_glass import read_break_glass
from azremediate.resolve.inventory import population
from azremediate.resolve.privilege import find_privileged, named
from azremediate.resolve.tenant_profile import read_accounts, read_own_identity


async def gather_guard_facts(
    tenant: TenantReader, settings: GuardSettings, claims: Mapping[str, Json], subscriptions: Sequence[str] = ()
) -> GuardFacts:
    """The facts as they are now; claims are those of our own access token.

    Raises when our own identity, the break-glass accounts or the active roles cannot be read.
    """
    own, break_glass, privileged, counted = await together(
        read_own_identity(tenant, claims),
        read_break_glass(tenant, settings.break_glass),
        find_privileged(tenant, subscriptions),
        population(tenant),
    )
    ids = sorted(privileged.holders)
    accounts = dict(zip(ids, await read_accounts(tenant, ids), strict=True))
    in_charge = privileged.global_administrators
    return GuardFacts(
        own=own,
        break_glass=break_glass,
        administrators=privileged.holders,
        gaps=privileged.gaps,
        population=counted,
        global_administrators=in_charge,
        people_in_charge=frozenset(one for one, account in accounts.items() if one in in_charge and account.usable),
        roster=named(privileged.roster, accounts),
    )
