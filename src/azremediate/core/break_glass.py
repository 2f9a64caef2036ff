"""Emergency accounts: who is one, whether they would let somebody in, and what must not touch them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from azremediate.core.target import Target, TargetKind

ENOUGH = 2
"""How many of them have to be usable before anything is changed that could lock administrators out."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it is in the tenant now.

    members: when the id is that of a group, the ids in lower case of everybody in it, by nested groups and by the rule
    of a dynamic one too; None for anything else.
    """

    id: str
    exists: bool
    enabled: bool = False
    guest: bool = False
    user_principal_name: str = ""
    members: frozenset[str] | None = None

    @property
    def usable(self) -> bool:
        """Whether somebody could get in with it."""
        return self.exists and self.enabled and not self.guest


def usable_accounts(accounts: Iterable[Account], holders: frozenset[str] | None) -> frozenset[str]:
    """Ids in lower case of those with which somebody gets in; with `holders`, as one of these, who can repair all."""
    usable = frozenset(one.id.lower() for one in accounts if one.usable)
    return usable if holders is None else usable & holders


def refusal(target: Target, configured: Sequence[str], accounts: Sequence[Account]) -> str:
    """Why a target must not be touched for the sake of these accounts; empty when it may.

    configured: guards.break_glass. accounts: what the tenant has under these ids.
    """
    named = {one.lower() for one in configured}
    members = {member: one.id for one in accounts if one.members is not None for member in one.members}
    if target.kind is not TargetKind.TENANT:
        if target.ids & named:
            return "it is a break-glass account"
        groups = sorted({members[one] for one in target.ids if one in members})
        return f"it is in the group {groups[0]}, which guards.break_glass names" if groups else ""
    if {one.lower() for one in target.exempt} != named:  # it leaves out exactly these, whatever a plan says
        return "the accounts that it leaves out are not those of guards.break_glass"
    caught = [person.name for person in target.readiness.people if person.id.lower() in named]
    return f"{caught[0]} is a break-glass account, whom no policy may be for" if caught else ""


def named_group(accounts: Iterable[Account]) -> str:
    """The id of a group that stands where an account should; empty when there is none."""
    return next((one.id for one in accounts if one.members is not None), "")


def shortage(configured: Sequence[str], accounts: Sequence[Account], holders: frozenset[str] | None) -> str:
    """How many of the accounts would let somebody in, when that is not enough; empty when it is.

    holders: who holds Global Administrator, where an account without it is of no use.
    """
    usable = usable_accounts(accounts, holders)
    if len(usable) >= ENOUGH:
        return ""
    powerless = sum(one.usable for one in accounts if one.id.lower() not in usable)
    why = f" ({powerless} {'is' if powerless == 1 else 'are'} no Global Administrator)" if powerless else ""
    return (
        f"{len(usable)} of {len(configured)} configured break-glass accounts can be used{why}; {ENOUGH} are needed "
        "(guards.break_glass)"
    )
