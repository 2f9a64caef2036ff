"""Takes away the Azure roles that a user or an application holds itself."""

import re
from dataclasses import dataclass, field
from typing import ClassVar, Final

from azremediate.actions._added_since import Trail
from azremediate.actions._holdings import REMOVE, RESTORE, Holdings
from azremediate.actions._reading import object_path
from azremediate.actions._target_check import check_kind, not_planned
from azremediate.actions._which_rows import ONLY_HELP, Which, choose
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass
from azremediate.core.credential import CredentialKind
from azremediate.core.errors import FeatureMissing, ObjectMissing, TenantError
from azremediate.core.json_value import Json, JsonObject, object_of, text_at, texts_at
from azremediate.core.observed import State
from azremediate.core.parameters import parameters_json
from azremediate.core.permission import Needs
from azremediate.core.ports import TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind
from azremediate.core.write import AzureWrite

_VERSION: Final = "2022-04-01"
_ID: Final = re.compile(
    r"(?P<scope>/[A-Za-z0-9._()/-]*?)??/providers/Microsoft\.Authorization/roleAssignments/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    re.IGNORECASE,
)
_BODY: Final = (
    "roleDefinitionId",
    "principalId",
    "principalType",
    "condition",
    "conditionVersion",
    "description",
    "delegatedManagedIdentityResourceId",
)
_PRIVILEGED: Final = frozenset(
    {
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",  # Owner
        "b24988ac-6180-42a0-ab88-20f7382dd24c",  # Contributor
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",  # User Access Administrator
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",  # Role Based Access Control Administrator
    }
)

_HOLDINGS = Holdings(
    action="remove_azure_role_assignment",
    fact="azureRoles",
    noun="Azure role",
    content=("scope", "role", "principalId"),
    risk=Risk.PRIVILEGED,
    undo_note="assigned again, under the same id",
)


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of `remove_azure_role_assignment`."""

    which: Which = field(
        default=Which.ALL,
        metadata={
            "help": "all, added-after (the list's exposed_at) or risky (privileged roles, and any above a subscription)"
        },
    )
    only: tuple[str, ...] = field(default=(), metadata=ONLY_HELP)


class RemoveAzureRoleAssignment:
    """Deletes role assignments in the subscriptions of the configuration, and above them where it may."""

    name: ClassVar = "remove_azure_role_assignment"
    summary: ClassVar = "take away Azure roles in the configured subscriptions"
    phase: ClassVar = Phase.EVICT
    undo_class: ClassVar = UndoClass.RECREATABLE
    risk: ClassVar = Risk.PRIVILEGED
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.SERVICE_PRINCIPAL, TargetKind.USER)
    takes: ClassVar[frozenset[CredentialKind]] = frozenset()
    closes: ClassVar[frozenset[CredentialKind]] = frozenset()
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(
        azure_roles=("Role Based Access Control Administrator (each subscription of azure.subscriptions)",)
    )

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: azureRoles, the age of each, where it was looked, and words about eligible ones."""
        object_path("directoryObjects", target.id)  # an id that is none would change the filter
        rows: dict[str, JsonObject] = {}
        eligible: dict[str, None] = {}
        for subscription in tenant.azure.subscriptions:
            scope = f"/subscriptions/{subscription}"
            found = await tenant.azure.role_assignments_of(scope, target.id)
            if found:
                names = await _role_names(tenant, scope)
                rows |= {text_at(row, "id"): _row(row, names) for row in found}
            eligible |= dict.fromkeys(await _eligible(tenant, scope, target))
        trail = Trail(target.exposed_since)
        ages: dict[str, Json] = {
            one: trail.age_of(created=text_at(row, "createdOn")).value for one, row in rows.items()
        }
        looked: list[Json] = [*tenant.azure.subscriptions]
        more: dict[str, Json] = {"looked": looked, "eligible": [*eligible], "ages": ages}
        return State({**_HOLDINGS.facts(list(rows.values())), **more, "gap": trail.gap or "Azure gives no date"})

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """The assignments that `which` and `only` name."""
        if not texts_at(state.facts, "looked"):
            return Skip("azure.subscriptions names no subscription to look at", done=False)
        eligible = texts_at(state.facts, "eligible")
        left = f"eligible roles stay, remove them in Privileged Identity Management: {', '.join(eligible)}"
        chosen = choose(
            _HOLDINGS.rows(state.facts),
            _HOLDINGS.noun,
            which=params.which,
            only=params.only,
            ages=object_of(state.facts["ages"], "the ages"),
            gap=text_at(state.facts, "gap"),
            risky=_is_risky,
        )
        if isinstance(chosen, Skip):
            return Skip(f"{chosen.reason}; {left}", done=False) if eligible else chosen
        # What lies above a subscription goes last: the tool may lack the right to it, and the rest should be gone then.
        going = sorted(chosen.rows, key=lambda row: not text_at(row, "scope").startswith("/subscriptions/"))
        notes = ("what groups hold that it is in stays", *([left] if eligible else []))
        warnings = (*chosen.warnings, *notes)
        return _HOLDINGS.removal(target, state, going, parameters_json(params), warnings=warnings)

    async def apply(self, change: Change, run: Run) -> None:
        """One write for each assignment."""
        check_kind(change, self.targets)
        for row in _HOLDINGS.planned(change):
            match = _ID.fullmatch(text_at(row, "id"))
            if match is None or (match["scope"] or "/").lower() != text_at(row, "scope").lower():
                raise not_planned("the plan names an Azure role by something that is no id of it")
            if text_at(row, "principalId").lower() != change.target.id.lower():
                raise not_planned("the plan names an Azure role of another object than its target")
        await _HOLDINGS.apply(change, run, _delete, _put)

    def holds(self, change: Change, state: State) -> bool:
        """None of the assignments is there; or, given back, each."""
        return _HOLDINGS.holds(change, state)

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Assign the same again, or take away again what was given back."""
        return _HOLDINGS.undo(change, state)


def _row(assignment: JsonObject, names: dict[str, str]) -> JsonObject:
    properties = object_of(assignment.get("properties"), "the properties of a role assignment")
    fields: dict[str, Json] = {name: text_at(properties, name) for name in ("scope", "createdOn", *_BODY)}
    role = text_at(properties, "roleDefinitionId").lower().rpartition("/")[2]
    words = f"{names.get(role, role)} at {text_at(properties, 'scope')}"
    return {"id": text_at(assignment, "id"), **fields, "role": role, "displayName": words}


async def _role_names(tenant: TenantReader, scope: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for definition in await tenant.azure.role_definitions(scope):
        properties = object_of(definition.get("properties"), "the properties of a role definition")
        found[text_at(definition, "id").lower().rpartition("/")[2]] = text_at(properties, "roleName")
    return found


async def _eligible(tenant: TenantReader, scope: str, target: Target) -> list[str]:
    """Where the target could activate a role; nothing in a tenant without Privileged Identity Management."""
    try:
        rows = await tenant.azure.role_eligibilities(scope)
    except FeatureMissing:
        return []
    except TenantError as error:
        if error.code != "AadPremiumLicenseRequired":
            raise
        return []
    every = [object_of(row.get("properties"), "the properties of an eligible role") for row in rows]
    own = [row for row in every if text_at(row, "principalId").lower() == target.id.lower()]
    return [f"{text_at(row, 'roleDefinitionId').rpartition('/')[2]} at {text_at(row, 'scope')}" for row in own]


def _is_risky(row: JsonObject) -> bool:
    return text_at(row, "role") in _PRIVILEGED or not text_at(row, "scope").startswith("/subscriptions/")


async def _delete(change: Change, run: Run, row: JsonObject) -> None:
    path = text_at(row, "id")

    async def gone() -> JsonObject | None:
        return None if await _read(run, path) else {}

    await _check_own(change, run, path)
    step = _HOLDINGS.step(REMOVE, row)
    write = AzureWrite(step, "DELETE", path, _VERSION, object_id=change.target.id, absent_is_done=True)
    await run.write_azure(write, gone)


async def _put(change: Change, run: Run, row: JsonObject) -> str:
    path = text_at(row, "id")

    async def there() -> JsonObject | None:
        return {"id": path} if await _read(run, path) else None

    await _check_own(change, run, path)
    body = {"properties": {name: text_at(row, name) for name in _BODY if text_at(row, name)}}
    write = AzureWrite(_HOLDINGS.step(RESTORE, row), "PUT", path, _VERSION, change.target.id, body, expects=("id",))
    return text_at((await run.write_azure(write, there)).facts, "id")


async def _check_own(change: Change, run: Run, path: str) -> None:
    """Raise when the assignment at this id is somebody else's; its id does not say whose it is."""
    now = await _read(run, path)
    held = text_at(object_of(now.get("properties"), "its properties"), "principalId") if now else change.target.id
    if held.lower() != change.target.id.lower():
        raise not_planned("the plan names an Azure role of another object than its target")


async def _read(run: Run, path: str) -> JsonObject | None:
    try:
        return await run.tenant.azure.get(path, _VERSION)
    except ObjectMissing:
        return None


ACTION: Action = RemoveAzureRoleAssignment()
