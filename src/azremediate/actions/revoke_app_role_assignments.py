"""Takes away the application permissions of an application, or a user's assignments to applications."""

from dataclasses import dataclass, field
from typing import ClassVar

from azremediate.actions._added_since import Trail
from azremediate.actions._holdings import REMOVE, RESTORE, Holdings
from azremediate.actions._reading import link_path, object_path, read_all
from azremediate.actions._target_check import check_kind, not_planned
from azremediate.actions._which_rows import ONLY_HELP, WHICH_HELP, Which, choose
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass
from azremediate.core.credential import CredentialKind
from azremediate.core.errors import TenantError
from azremediate.core.json_value import Json, JsonObject, object_of, objects_at, text_at
from azremediate.core.observed import State
from azremediate.core.parameters import parameters_json
from azremediate.core.permission import Needs
from azremediate.core.ports import Read, TenantReader
from azremediate.core.risky_permissions import is_risky_app_role
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind
from azremediate.core.write import Write

_COLLECTIONS = {TargetKind.SERVICE_PRINCIPAL: "servicePrincipals", TargetKind.USER: "users"}
_FIELDS = ("id", "appRoleId", "principalId", "resourceId", "createdDateTime")
_BODY = ("principalId", "resourceId", "appRoleId")

_HOLDINGS = Holdings(
    action="revoke_app_role_assignments",
    fact="appRoleAssignments",
    noun="app role assignment",
    content=_BODY,
    risk=Risk.HIGH,
    undo_note="assigned again, under a new id",
)


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of `revoke_app_role_assignments`."""

    which: Which = field(default=Which.ALL, metadata=WHICH_HELP)
    only: tuple[str, ...] = field(default=(), metadata=ONLY_HELP)


class RevokeAppRoleAssignments:
    """Deletes appRoleAssignments; what is assigned to a group that the target is in stays."""

    name: ClassVar = "revoke_app_role_assignments"
    summary: ClassVar = "take away application permissions, or a user's access to applications"
    phase: ClassVar = Phase.EVICT
    undo_class: ClassVar = UndoClass.RECREATABLE
    risk: ClassVar = Risk.HIGH
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.SERVICE_PRINCIPAL, TargetKind.USER)
    takes: ClassVar[frozenset[CredentialKind]] = frozenset()
    closes: ClassVar[frozenset[CredentialKind]] = frozenset()
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(graph=("AppRoleAssignment.ReadWrite.All", "Application.Read.All", "Directory.Read.All"))

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: appRoleAssignments (with the value of each role, read from its resource), and the age of each."""
        found = await _assignments(target, tenant)
        rows = await _described(found, tenant)
        trail = Trail(target.exposed_since)
        ages: dict[str, Json] = {
            text_at(row, "id"): trail.age_of(created=text_at(row, "createdDateTime")).value for row in rows
        }
        return State({**_HOLDINGS.facts(rows), "ages": ages, "gap": trail.gap if not trail.since else "no date"})

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """The assignments that `which` and `only` name."""
        chosen = choose(
            _HOLDINGS.rows(state.facts),
            _HOLDINGS.noun,
            which=params.which,
            only=params.only,
            ages=object_of(state.facts["ages"], "the ages"),
            gap=text_at(state.facts, "gap"),
            risky=lambda row: is_risky_app_role(text_at(row, "permission")),
        )
        if isinstance(chosen, Skip):
            return chosen
        if target.kind is TargetKind.USER:
            notes = ["what is assigned to a group that the user is in stays"]
        else:
            notes = ["tokens that were issued already work until they expire, as a rule 60 to 90 minutes"]
        warnings = (*chosen.warnings, *notes)
        return _HOLDINGS.removal(target, state, chosen.rows, parameters_json(params), warnings=warnings)

    async def apply(self, change: Change, run: Run) -> None:
        """One write for each assignment."""
        check_kind(change, self.targets)
        if any(text_at(row, "principalId").lower() != change.target.id.lower() for row in _HOLDINGS.planned(change)):
            raise not_planned("the plan names an assignment of another object than its target")
        await _HOLDINGS.apply(change, run, _delete, _create)

    def holds(self, change: Change, state: State) -> bool:
        """None of the assignments is there; or, given back, each."""
        return _HOLDINGS.holds(change, state)

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Assign the same again, or take away again what was given back."""
        return _HOLDINGS.undo(change, state)


def _path(target: Target) -> str:
    return f"{object_path(_COLLECTIONS[target.kind], target.id)}/appRoleAssignments"


async def _assignments(target: Target, tenant: TenantReader) -> list[JsonObject]:
    """What is assigned to the target itself: a user's list also shows what the user has through groups."""
    found = [row async for page in tenant.pages(Read(_path(target))) for row in page]
    return [row for row in found if text_at(row, "principalId").lower() == target.id.lower()]


async def _described(found: list[JsonObject], tenant: TenantReader) -> list[JsonObject]:
    resources = dict.fromkeys(text_at(row, "resourceId") for row in found)
    select = {"$select": "id,displayName,appRoles"}
    reads = {one: Read(object_path("servicePrincipals", one), select) for one in resources}
    answers = await read_all(tenant, reads) if reads else {}
    values = {
        (resource, text_at(role, "id")): text_at(role, "value")
        for resource, answer in answers.items()
        if not isinstance(answer, TenantError)
        for role in objects_at(answer, "appRoles")
    }
    rows: list[JsonObject] = []
    for row in found:
        fields: dict[str, Json] = {name: text_at(row, name) for name in _FIELDS}
        value = values.get((text_at(row, "resourceId"), text_at(row, "appRoleId")), "")
        resource = text_at(row, "resourceDisplayName") or text_at(row, "resourceId")
        fields |= {"permission": value, "displayName": f"{value or 'access'} of {resource}"}
        rows.append(fields)
    return rows


async def _delete(change: Change, run: Run, row: JsonObject) -> None:
    row_id = text_at(row, "id")

    async def gone() -> JsonObject | None:
        ids = {text_at(one, "id") for one in await _assignments(change.target, run.tenant)}
        return None if row_id in ids else {}

    path = link_path(_path(change.target), row_id)
    write = Write(_HOLDINGS.step(REMOVE, row), "DELETE", path, object_id=change.target.id, absent_is_done=True)
    await run.write(write, gone)


async def _create(change: Change, run: Run, row: JsonObject) -> str:
    async def there() -> JsonObject | None:
        same = _HOLDINGS.find({_HOLDINGS.fact: await _assignments(change.target, run.tenant)}, row)
        return {"id": text_at(same, "id")} if same else None

    body = {name: text_at(row, name) for name in _BODY}
    step, path = _HOLDINGS.step(RESTORE, row), _path(change.target)
    write = Write(step, "POST", path, body, object_id=change.target.id, expects=("id",))
    return text_at((await run.write(write, there)).facts, "id")


ACTION: Action = RevokeAppRoleAssignments()
