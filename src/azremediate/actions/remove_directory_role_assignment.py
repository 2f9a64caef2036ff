"""Takes away the directory roles that a user or an application holds itself, active and eligible."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

from azremediate.actions._directory_roles import ACTIVE, ELIGIBLE, IDS, ROOT, SYNCHRONISATION, read_roles, role_groups
from azremediate.actions._holdings import REMOVE, RESTORE, Holdings
from azremediate.actions._reading import link_path
from azremediate.actions._target_check import check_kind, check_work, not_planned
from azremediate.actions._which_rows import Which, choose
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass
from azremediate.core.credential import CredentialKind
from azremediate.core.errors import ObjectMissing, RequestRefused
from azremediate.core.json_value import Json, JsonObject, text_at, texts_at
from azremediate.core.observed import State
from azremediate.core.parameters import parameters_json
from azremediate.core.permission import Needs
from azremediate.core.ports import Read, TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind
from azremediate.core.write import Body, Write

_REQUESTS: Final = {ACTIVE: "roleAssignmentScheduleRequests", ELIGIBLE: "roleEligibilityScheduleRequests"}


def _taken(rows: Sequence[JsonObject]) -> JsonObject:
    """What the guard of the last administrators counts."""
    roles: list[Json] = [*sorted({text_at(row, "roleDefinitionId").lower() for row in rows})]
    return {"rolesTaken": roles}


_HOLDINGS = Holdings(
    action="remove_directory_role_assignment",
    fact="roles",
    noun="directory role",
    content=("hold", *IDS),
    risk=Risk.PRIVILEGED,
    undo_note="assigned again, under a new id; a role that was activated is activated again by its holder",
    taken=_taken,
)


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of `remove_directory_role_assignment`."""

    only: tuple[str, ...] = field(default=(), metadata={"help": "ids of the assignments that go; without it, all"})


class RemoveDirectoryRoleAssignment:
    """Removes role assignments and eligibilities; what a group gives stays, and is named."""

    name: ClassVar = "remove_directory_role_assignment"
    summary: ClassVar = "take away directory roles, active and eligible"
    phase: ClassVar = Phase.EVICT
    undo_class: ClassVar = UndoClass.RECREATABLE
    risk: ClassVar = Risk.PRIVILEGED
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.SERVICE_PRINCIPAL, TargetKind.USER)
    takes: ClassVar[frozenset[CredentialKind]] = frozenset()
    closes: ClassVar[frozenset[CredentialKind]] = frozenset()
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(
        graph=("RoleManagement.ReadWrite.Directory", "Application.Read.All", "GroupMember.Read.All"),
        licence="Microsoft Entra ID P2 where roles are eligible",
    )

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: roles (the rows of `read_roles`), and the groups through which it may hold more."""
        rows = await read_roles(target, tenant)
        groups: list[Json] = [*await role_groups(target, tenant)]
        return State({**_HOLDINGS.facts(rows), "groups": groups})

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """Every role that it holds itself, or those that `only` names."""
        groups = texts_at(state.facts, "groups")
        left = f"roles of the groups {', '.join(groups)} stay: take it out of them" if groups else ""
        rows = _HOLDINGS.rows(state.facts)
        offered = [row for row in rows if params.only or text_at(row, "roleDefinitionId") != SYNCHRONISATION]
        chosen = choose(offered, _HOLDINGS.noun, which=Which.ALL, only=params.only, ages={})
        if isinstance(chosen, Skip):
            return Skip(f"{chosen.reason} itself; {left}", done=False) if left else chosen
        # An eligible role goes first: whoever holds it could activate it again.
        going = sorted(chosen.rows, key=lambda row: text_at(row, "hold") != ELIGIBLE)
        issued = "tokens that were issued already keep its roles until they expire, as a rule 60 to 90 minutes"
        kept = "the role of the directory synchronisation stays, unless `only` names it"
        warnings = (*([left] if left else []), *([kept] if len(offered) < len(rows) else []), issued)
        return _HOLDINGS.removal(target, state, going, parameters_json(params), warnings=warnings)

    async def apply(self, change: Change, run: Run) -> None:
        """One write for each role."""
        check_kind(change, self.targets)
        rows = _HOLDINGS.planned(change)
        if text_at(change.work, "operation") == REMOVE:
            check_work(change, **_taken(rows))
        if any(text_at(row, "principalId").lower() != change.target.id.lower() for row in rows):
            raise not_planned("the plan names a role of another object than its target")
        await _HOLDINGS.apply(change, run, _remove, _assign)

    def holds(self, change: Change, state: State) -> bool:
        """None of the roles is held; or, given back, each."""
        return _HOLDINGS.holds(change, state)

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Assign the same again, but for activated ones; or take away again what was given back."""
        return _HOLDINGS.undo(change, state, possible=lambda row: row.get("activated") is not True)


async def _remove(change: Change, run: Run, row: JsonObject) -> None:
    async def gone() -> JsonObject | None:
        return None if await _find(change, run, row) else {}

    if row.get("pim") is not True:
        await _delete(change, run, row)
        return
    try:
        await run.write(_request(change, row, REMOVE, {"action": "adminRemove"}), gone)
    except RequestRefused:
        # What is not there any more is refused too.
        if await gone() is None:
            raise


async def _delete(change: Change, run: Run, row: JsonObject) -> None:
    path = link_path(f"{ROOT}/roleAssignments", text_at(row, "id"))

    async def gone() -> JsonObject | None:
        try:
            await run.tenant.get(Read(path))
        except ObjectMissing:
            return {}
        return None

    step, target = _HOLDINGS.step(REMOVE, row), change.target.id
    write = Write(step, "DELETE", path, object_id=target, names_target="principalId", absent_is_done=True)
    await run.write(write, gone)


async def _assign(change: Change, run: Run, row: JsonObject) -> str:
    async def there() -> JsonObject | None:
        found = await _find(change, run, row)
        return {"id": text_at(found, "id")} if found else None

    if text_at(row, "hold") == ACTIVE and not text_at(row, "endDateTime"):
        path, body = f"{ROOT}/roleAssignments", {name: text_at(row, name) for name in IDS}
        step = _HOLDINGS.step(RESTORE, row)
        write = Write(step, "POST", path, body, object_id=change.target.id, names_target="principalId", expects=("id",))
        return text_at((await run.write(write, there)).facts, "id")
    end = text_at(row, "endDateTime")
    expiration: Body = {"type": "afterDateTime", "endDateTime": end} if end else {"type": "noExpiration"}
    schedule: Body = {"expiration": expiration}
    await run.write(_request(change, row, RESTORE, {"action": "adminAssign", "scheduleInfo": schedule}), there)
    return text_at(await _find(change, run, row) or {}, "id", "not known yet")


def _request(change: Change, row: JsonObject, operation: str, asked: dict[str, Body]) -> Write:
    """A request to Privileged Identity Management; its own id says nothing, the assignment gets another."""
    body: dict[str, Body] = {name: text_at(row, name) for name in IDS}
    body |= {"justification": f"{change.tag}: {operation} by azremediate", **asked}
    path = f"{ROOT}/{_REQUESTS[text_at(row, 'hold')]}"
    step = _HOLDINGS.step(operation, row)
    return Write(step, "POST", path, body, object_id=change.target.id, names_target="principalId")


async def _find(change: Change, run: Run, row: JsonObject) -> JsonObject | None:
    return _HOLDINGS.find(_HOLDINGS.facts(await read_roles(change.target, run.tenant)), row)


ACTION: Action = RemoveDirectoryRoleAssignment()
