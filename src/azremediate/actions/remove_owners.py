"""Takes owners away from an application and its service principal: those added after the exposure, or all."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import ClassVar, Final

from azremediate.actions._added_since import AUDIT_PERMISSION, Age, Trail, read_trail, since_of
from azremediate.actions._holdings import REMOVE, RESTORE, Holdings
from azremediate.actions._owners import APPLICATIONS, PRINCIPALS, owners_in_words, read_owners
from azremediate.actions._reading import is_guid, moment, object_path, read_all
from azremediate.actions._reference import reference_to
from azremediate.actions._target_check import check_identity, check_kind, check_work, not_planned
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass
from azremediate.core.clock import iso
from azremediate.core.credential import CredentialKind
from azremediate.core.errors import TenantError
from azremediate.core.json_value import Json, JsonObject, object_of, objects_at, text_at
from azremediate.core.observed import State
from azremediate.core.ownership import Owners
from azremediate.core.parameters import parameters_json
from azremediate.core.permission import Needs
from azremediate.core.ports import Read, TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind
from azremediate.core.write import Write

_EVER: Final = "1970-01-01T00:00:00Z"
_SELECT: Final = {APPLICATIONS: "id,appId", PRINCIPALS: "id,appId,servicePrincipalType,appOwnerOrganizationId"}
_HOLDERS: Final = {APPLICATIONS: TargetKind.APPLICATION, PRINCIPALS: TargetKind.SERVICE_PRINCIPAL}


def _taken(rows: Sequence[JsonObject]) -> JsonObject:
    """What the guard of azremediate's own identity and the break-glass accounts looks at."""
    owners: list[Json] = [*sorted({text_at(row, "owner") for row in rows})]
    return {"ownersTaken": owners}


_HOLDINGS = Holdings(
    action="remove_owners",
    fact="ownerships",
    noun="ownership",
    content=("list", "owner"),
    risk=Risk.HIGH,
    undo_note="made owner again, of the same objects",
    taken=_taken,
)


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of `remove_owners`; raises `InputInvalid` for a `since` that is no time."""

    owners: Owners = field(
        default=Owners.ADDED_AFTER, metadata={"help": "which owners go: added-after (the exposure) or all"}
    )
    only: tuple[str, ...] = field(default=(), metadata={"help": "object ids of the owners that go, whatever their age"})
    keep: tuple[str, ...] = field(default=(), metadata={"help": "object ids of owners that stay"})
    since: str = field(default="", metadata={"help": "time of exposure, instead of the list's exposed_at"})

    def __post_init__(self) -> None:
        """Check the time where it is given, not in the middle of a plan."""
        since_of("", self.since)


class RemoveOwners:
    """Removes owners by reference; its inverse adds the same ones."""

    name: ClassVar = "remove_owners"
    summary: ClassVar = "take owners away from an application and its service principal"
    phase: ClassVar = Phase.EVICT
    undo_class: ClassVar = UndoClass.RECREATABLE
    risk: ClassVar = Risk.HIGH
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.APPLICATION, TargetKind.SERVICE_PRINCIPAL)
    takes: ClassVar = frozenset(kind for kind in CredentialKind if kind.of_application)
    closes: ClassVar[frozenset[CredentialKind]] = frozenset()
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(graph=("Application.ReadWrite.All", "Directory.Read.All", AUDIT_PERMISSION))

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: ownerships (list, owner, type), added (when, by the log), created (the application), log and logGap.

        The log is read as far back as it goes, because what counts as after the exposure is a parameter. `log` is the
        day from which it is whole.
        """
        lists = _lists(target)
        rows = [
            _row(collection, one)
            for collection, holder in lists
            for one in await read_owners(tenant, collection, holder)
        ]
        trail = await read_trail(tenant, [holder for _, holder in lists], _EVER) if rows else Trail("")
        by_list = {collection: _about(trail, holder) for collection, holder in lists}
        added: dict[str, Json] = {
            text_at(row, "id"): by_list[text_at(row, "list")].added_at(text_at(row, "owner")) for row in rows
        }
        facts: dict[str, Json] = {
            "added": added,
            "created": await _created(target, tenant),
            "log": _whole_from(trail.oldest),
            "logGap": trail.problem,
        }
        return State({**_HOLDINGS.facts(rows), **facts})

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """The owners that `owners`, `only` and `keep` name; whoever stays without being kept is named."""
        rows = _HOLDINGS.rows(state.facts)
        if not rows:
            return Skip("it has no owner")
        named = {one.lower() for one in params.only}
        if strangers := sorted(named - {text_at(row, "owner") for row in rows}):
            return Skip(f"{strangers[0][:80]} owns neither it nor its service principal", done=False)
        spared = {one.lower() for one in (*target.exempt, *params.keep)}
        offered = [row for row in rows if text_at(row, "owner") not in spared]
        since = since_of(target.exposed_since, params.since)
        ages = {text_at(row, "id"): _age(row, state.facts, since) for row in offered}
        going = [row for row in offered if _goes(row, ages[text_at(row, "id")], params, named)]
        unknown = [row for row in offered if row not in going and not named and ages[text_at(row, "id")] is Age.UNKNOWN]
        doubt = f"whether they belong is for a person to judge: {owners_in_words(unknown)} ({_gap(state.facts, since)})"
        if not going:
            return (
                Skip(f"no owner is known to have come after the exposure; {doubt}", done=False)
                if unknown
                else Skip("none of its owners has to go: they were there before the exposure, or are kept")
            )
        warnings = [f"when they became owners is not known, {doubt}"] if unknown else []
        warnings += _left_without(rows, going)
        return _HOLDINGS.removal(target, state, going, parameters_json(params), warnings=warnings)

    async def apply(self, change: Change, run: Run) -> None:
        """One write for each owner of each object, to the objects of the target only."""
        check_kind(change, self.targets)
        rows = _HOLDINGS.planned(change)
        if text_at(change.work, "operation") == REMOVE:
            check_work(change, **_taken(rows))
        known = {collection for collection, _ in _lists(change.target)}
        if any(text_at(row, "list") not in known or not is_guid(text_at(row, "owner")) for row in rows):
            raise not_planned("the plan names an owner of another object than its target")
        answers = await read_all(
            run.tenant,
            {
                _HOLDERS[collection].value: Read(object_path(collection, holder), {"$select": _SELECT[collection]})
                for collection, holder in _lists(change.target)
            },
        )
        for answer in answers.values():
            if isinstance(answer, TenantError):
                raise answer
        check_identity(change.target, answers)
        await _HOLDINGS.apply(change, run, _remove, _add)

    def holds(self, change: Change, state: State) -> bool:
        """None of them is owner; or, given back, each is."""
        return _HOLDINGS.holds(change, state)

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Make the same ones owners again, or take away again who was given back."""
        return _HOLDINGS.undo(change, state)


def _lists(target: Target) -> list[tuple[str, str]]:
    """The lists of owners that the target has, each with the id of the object that they own."""
    found = [(APPLICATIONS, target.application_id), (PRINCIPALS, target.service_principal_id)]
    return [(collection, holder) for collection, holder in found if holder]


def _row(collection: str, owner: JsonObject) -> JsonObject:
    whose = "the application" if collection == APPLICATIONS else "its service principal"
    who = text_at(owner, "userPrincipalName") or text_at(owner, "displayName") or text_at(owner, "id")
    return {
        "id": f"{collection}:{text_at(owner, 'id')}",
        "list": collection,
        "owner": text_at(owner, "id"),
        "type": text_at(owner, "type"),
        "displayName": f"{who} of {whose}",
    }


async def _created(target: Target, tenant: TenantReader) -> str:
    if not target.application_id:
        return ""
    read = Read(object_path(APPLICATIONS, target.application_id), {"$select": "id,createdDateTime"})
    return text_at(await tenant.get(read), "createdDateTime")


def _about(trail: Trail, holder: str) -> Trail:
    """The events of one of the two objects: who owns the one need not own the other."""
    events = [
        event
        for event in trail.events
        if any(text_at(one, "id").lower() == holder.lower() for one in objects_at(event, "targetResources"))
    ]
    return replace(trail, events=tuple(events))


def _whole_from(oldest: str) -> str:
    """The first whole day in the log: its very first moment would be another one at each reading."""
    if not oldest:
        return ""
    day = moment(oldest).replace(hour=0, minute=0, second=0, microsecond=0)
    return iso(day + timedelta(days=1))


def _age(row: JsonObject, facts: JsonObject, since: str) -> Age:
    if not since:
        return Age.UNKNOWN
    created, added = text_at(facts, "created"), text_at(object_of(facts["added"], "the log"), text_at(row, "id"))
    if known := added or (created if created and moment(created) >= moment(since) else ""):
        return Age.AFTER if moment(known) >= moment(since) else Age.BEFORE
    whole = text_at(facts, "log")
    return Age.BEFORE if whole and moment(whole) <= moment(since) else Age.UNKNOWN


def _goes(row: JsonObject, age: Age, params: Params, named: Set[str]) -> bool:
    if named:
        return text_at(row, "owner") in named
    return params.owners is Owners.ALL or age is Age.AFTER


def _gap(facts: JsonObject, since: str) -> str:
    if not since:
        return "no time of exposure is given: add exposed_at to the list, or the parameter since"
    problem, whole = text_at(facts, "logGap"), text_at(facts, "log")
    if problem:
        return f"the audit log could not be read: {problem}"
    return f"the audit log is whole from {whole} only" if whole else "the audit log is empty"


def _left_without(rows: Sequence[JsonObject], going: Sequence[JsonObject]) -> list[str]:
    """What it means where nobody is left."""
    left = {text_at(row, "list") for row in rows if row not in going}
    return [
        f"{what} is left without owners: only administrators can change it then, and no notice reaches anybody"
        for collection, what in ((APPLICATIONS, "the application"), (PRINCIPALS, "its service principal"))
        if collection not in left and any(text_at(row, "list") == collection for row in going)
    ]


def _holder(change: Change, row: JsonObject) -> tuple[str, str]:
    """The object that the row is about, from the target and not from the row, and the path of its owners."""
    holder = dict(_lists(change.target))[text_at(row, "list")]
    return holder, f"{object_path(text_at(row, 'list'), holder)}/owners"


async def _is_owner(run: Run, row: JsonObject, holder: str) -> bool:
    owners = await read_owners(run.tenant, text_at(row, "list"), holder)
    return any(text_at(one, "id") == text_at(row, "owner") for one in owners)


async def _remove(change: Change, run: Run, row: JsonObject) -> None:
    holder, path = _holder(change, row)

    async def gone() -> JsonObject | None:
        return None if await _is_owner(run, row, holder) else {}

    path = f"{path}/{text_at(row, 'owner')}/$ref"
    await run.write(Write(_HOLDINGS.step(REMOVE, row), "DELETE", path, object_id=holder, absent_is_done=True), gone)


async def _add(change: Change, run: Run, row: JsonObject) -> str:
    holder, path = _holder(change, row)
    owner = text_at(row, "owner")

    async def there() -> JsonObject | None:
        return {"id": owner} if await _is_owner(run, row, holder) else None

    body = reference_to(run.tenant.cloud, owner)
    await run.write(Write(_HOLDINGS.step(RESTORE, row), "POST", f"{path}/$ref", body, object_id=holder), there)
    return owner


ACTION: Action = RemoveOwners()
