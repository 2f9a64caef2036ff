"""What must never be changed, and how much may be changed at once: judged when planning and again before writing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from azremediate.core.break_glass import Account, named_group, refusal, shortage
from azremediate.core.change import Change, Risk, UndoClass
from azremediate.core.config import GuardSettings
from azremediate.core.plan import Verdict
from azremediate.core.privilege import Privilege
from azremediate.core.target import Target, TargetKind

BREAK_GLASS_CONFIGURATION = "break-glass-configuration"
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
"""The role's template id, which is the same in every tenant."""

_ENOUGH_PEOPLE = 2


@dataclass(frozen=True, slots=True)
class OwnIdentity:
    """The tool's own identity in every form of id; empty where there is none."""

    app_id: str
    object_id: str
    application_id: str = ""
    user_id: str = ""

    @property
    def ids(self) -> frozenset[str]:
        """Its ids in lower case."""
        found = {self.app_id, self.object_id, self.application_id, self.user_id}
        return frozenset(identifier.lower() for identifier in found if identifier)


@dataclass(frozen=True, slots=True)
class GuardFacts:
    """What guards judge by, read from the tenant just before.

    administrators: ids in lower case of whoever holds a privileged role in any way. global_administrators: those who
    hold Global Administrator, also eligibly or through groups; people_in_charge: the enabled people of the tenant
    itself among them. roster: every road to privilege. gaps: what could not be looked at. population: number of objects
    by kind, for percentages; a kind that was not counted is missing.
    """

    own: OwnIdentity
    break_glass: tuple[Account, ...]
    administrators: frozenset[str]
    gaps: tuple[str, ...] = ()
    population: Mapping[TargetKind, int] = field(default_factory=dict)
    global_administrators: frozenset[str] = frozenset()
    people_in_charge: frozenset[str] = frozenset()
    roster: tuple[Privilege, ...] = ()


def target_verdicts(target: Target, action: str, settings: GuardSettings, facts: GuardFacts) -> list[Verdict]:
    """What each guard says of one target, the passed ones too."""
    checks = {
        "own-identity": _own_identity(target, facts),
        "break-glass": refusal(target, settings.break_glass, facts.break_glass),
        "microsoft-owned": "it is Microsoft's own application" if target.microsoft_owned else "",
        "managed-identity": "its life belongs to an Azure resource" if target.managed_identity else "",
        "protected": _protected(target, settings),
        BREAK_GLASS_CONFIGURATION: _break_glass_configuration(target, settings, facts),
    }
    if target.readiness.people:
        checks["roster"] = _roster(target, facts)
    return [Verdict(guard, not reason, reason, target.id, action) for guard, reason in checks.items()]


def plan_verdicts(
    changes: Sequence[Change], limited: frozenset[str], settings: GuardSettings, facts: GuardFacts
) -> list[Verdict]:
    """What the plan-wide guards say; `limited` names the actions that disable or delete their target."""
    verdicts = [_max_changes(changes, settings), _last_administrator(changes, limited, facts)]
    verdicts.extend(_owners(changes, settings, facts))
    final = sum(change.undo_class is UndoClass.IRREVERSIBLE for change in changes)
    verdicts.extend(_at_most("max-irreversible", final, settings.max_irreversible, "cannot be undone"))
    privileged = sum(_privileged(change, facts) for change in changes)
    verdicts.extend(_at_most("max-privileged", privileged, settings.max_privileged, "touch an administrator"))
    kinds = {change.target.kind for change in changes if change.action in limited}
    verdicts.extend(_max_percent(changes, limited, kind, settings, facts) for kind in sorted(kinds))
    return verdicts


def _own_identity(target: Target, facts: GuardFacts) -> str:
    return "it is azremediate's own identity" if target.ids & facts.own.ids else ""


def _roster(target: Target, facts: GuardFacts) -> str:
    strangers = [person.name for person in target.readiness.people if person.id.lower() not in facts.administrators]
    return f"{strangers[0]} is not privileged, or not any more" if strangers else ""


def _protected(target: Target, settings: GuardSettings) -> str:
    told = [target.display_name, target.user_principal_name]
    if target.kind is TargetKind.STORAGE_ACCOUNT:  # its id is made of names: subscription, group and account
        told.append(target.id)
    names = [name.casefold() for name in told if name]
    for entry in settings.protected:
        if entry.lower() in target.ids:
            return f"guards.protected names its id {entry}"
        if any(fnmatchcase(name, entry.casefold()) for name in names):
            return f"guards.protected matches its name with {entry!r}"
    return ""


def _break_glass_configuration(target: Target, settings: GuardSettings, facts: GuardFacts) -> str:
    group = named_group(facts.break_glass)
    if group and target.kind is TargetKind.TENANT:
        return f"guards.break_glass names the group {group}, and a policy leaves out accounts: name its members"
    # Whoever repairs a policy needs the role; what an administrator's loss leaves is last-administrator's to judge.
    role = facts.global_administrators if target.kind is TargetKind.TENANT else None
    short = shortage(settings.break_glass, facts.break_glass, role)
    if not short:
        return ""
    if target.kind is TargetKind.TENANT:
        what = "this changes how everybody signs in"
    elif target.kind is TargetKind.USER and target.id.lower() in facts.administrators:
        what = "this account is an administrator"
    elif target.kind is TargetKind.USER and facts.gaps:
        what = f"this account may be an administrator ({facts.gaps[0]})"
    else:
        return ""
    return f"{what}, and {short}"


def _max_changes(changes: Sequence[Change], settings: GuardSettings) -> Verdict:
    passed = len(changes) <= settings.max_changes
    number = "1 change" if len(changes) == 1 else f"{len(changes)} changes"
    said = f"{number}, at most {settings.max_changes} are allowed (guards.max_changes)"
    return Verdict("max-changes", passed, said)


def _at_most(guard: str, number: int, most: int | None, what: str) -> list[Verdict]:
    if most is None:
        return []
    key = guard.replace("-", "_")
    said = f"changes that {what}: {number}, at most {most} are allowed (guards.{key})"
    return [Verdict(guard, number <= most, said)]


def _privileged(change: Change, facts: GuardFacts) -> bool:
    return change.risk is Risk.PRIVILEGED or bool(change.target.ids & facts.administrators)


def _last_administrator(changes: Sequence[Change], limited: frozenset[str], facts: GuardFacts) -> Verdict:
    """Judged on the end of the whole plan: each change alone may leave enough, all together may not."""
    losing = [change for change in changes if change.action in limited or _takes_office(change)]
    gone = {name for change in losing for name in change.target.ids} & facts.global_administrators
    unknown = bool(facts.gaps) and any(change.target.kind is TargetKind.USER for change in losing)
    if not gone and not unknown:
        return Verdict("last-administrator", True, "no Global Administrator is disabled, deleted or loses the role")
    left = len(facts.people_in_charge - gone)
    known = len(facts.global_administrators)
    what = f"{len(gone)} of {known} Global Administrators are disabled, deleted or lose the role"
    if not gone:
        what = f"whether a Global Administrator is disabled, deleted or loses the role is not known ({facts.gaps[0]})"
    stay = f"{left} {'person stays' if left == 1 else 'people stay'} who can sign in as one"
    return Verdict("last-administrator", left >= _ENOUGH_PEOPLE, f"{what}, and {stay}; {_ENOUGH_PEOPLE} are needed")


def _takes_office(change: Change) -> bool:
    """Whether a change takes away that very role; what it gives back names no role in `rolesTaken`."""
    taken = change.work.get("rolesTaken")
    return isinstance(taken, Sequence) and GLOBAL_ADMINISTRATOR in taken


def _owners(changes: Sequence[Change], settings: GuardSettings, facts: GuardFacts) -> list[Verdict]:
    """No plan takes an application away from azremediate's own identity or from a break-glass account."""
    found = [taken for change in changes if isinstance(taken := change.work.get("ownersTaken"), Sequence)]
    if not found:
        return []
    spared = facts.own.ids | {account.lower() for account in settings.break_glass}
    hit = sorted({str(one).lower() for taken in found for one in taken} & spared)
    said = f"{hit[0]} is azremediate's own identity or a break-glass account, and stays owner" if hit else ""
    return [Verdict("owners", not hit, said or "no owner is taken away who has to stay")]


def _max_percent(
    changes: Sequence[Change], limited: frozenset[str], kind: TargetKind, settings: GuardSettings, facts: GuardFacts
) -> Verdict:
    touched = {change.target.id for change in changes if change.action in limited and change.target.kind is kind}
    population = facts.population.get(kind, 0)
    if population <= 0:
        return Verdict("max-percent", False, f"how many objects of kind {kind} the tenant has is not known")
    percent = 100 * len(touched) / population
    said = (
        f"{len(touched)} of {population} objects of kind {kind} are {percent:.1f} %, "
        f"at most {settings.max_percent:g} % are allowed (guards.max_percent)"
    )
    return Verdict("max-percent", percent <= settings.max_percent, said)
