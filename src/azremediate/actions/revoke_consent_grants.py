"""Takes away the delegated permissions that an application was granted, or that a user consented to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from azremediate.actions._added_since import AUDIT_PERMISSION, Age, Trail, read_trail
from azremediate.actions._holdings import REMOVE, RESTORE, Holdings
from azremediate.actions._reading import guids_in, link_path, object_path, read_all
from azremediate.actions._target_check import check_kind
from azremediate.actions._which_rows import ONLY_HELP, WHICH_HELP, Which, choose
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass
from azremediate.core.credential import CredentialKind
from azremediate.core.errors import ObjectMissing, TenantError
from azremediate.core.json_value import Json, JsonObject, object_of, objects_at, text_at
from azremediate.core.observed import State
from azremediate.core.parameters import parameters_json
from azremediate.core.permission import Needs
from azremediate.core.ports import Read, TenantReader
from azremediate.core.risky_permissions import risky_scopes
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind
from azremediate.core.write import Write

_GRANTS = "oauth2PermissionGrants"
_SIDES = {TargetKind.SERVICE_PRINCIPAL: "clientId", TargetKind.USER: "principalId"}
_COLLECTIONS = {TargetKind.SERVICE_PRINCIPAL: "servicePrincipals", TargetKind.USER: "users"}
_FIELDS = ("id", "clientId", "consentType", "principalId", "resourceId", "scope")
_CONSENTS = ("add delegated permission grant", "consent to application", "update delegated permission grant")

_HOLDINGS = Holdings(
    action="revoke_consent_grants",
    fact="grants",
    noun="consent grant",
    content=("clientId", "consentType", "principalId", "resourceId"),
    risk=Risk.HIGH,
    undo_note="granted again with the same permissions, under a new id",
)


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of `revoke_consent_grants`."""

    which: Which = field(default=Which.ALL, metadata=WHICH_HELP)
    only: tuple[str, ...] = field(default=(), metadata=ONLY_HELP)


class RevokeConsentGrants:
    """Deletes oauth2PermissionGrants; tokens that were issued already keep their permissions until they expire."""

    name: ClassVar = "revoke_consent_grants"
    summary: ClassVar = "take away delegated permissions that an application has or a user consented to"
    phase: ClassVar = Phase.EVICT
    undo_class: ClassVar = UndoClass.RECREATABLE
    risk: ClassVar = Risk.HIGH
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.SERVICE_PRINCIPAL, TargetKind.USER)
    takes: ClassVar[frozenset[CredentialKind]] = frozenset()
    closes: ClassVar[frozenset[CredentialKind]] = frozenset()
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(graph=("DelegatedPermissionGrant.ReadWrite.All", "Application.Read.All", AUDIT_PERMISSION))

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: grants (with the names of both sides), and the age of each with what is not known of it."""
        path = f"{object_path(_COLLECTIONS[target.kind], target.id)}/{_GRANTS}"
        found = [row async for page in tenant.pages(Read(path)) for row in page]
        involved = dict.fromkeys(text_at(row, side) for row in found for side in ("resourceId", "clientId"))
        names = await _names(tenant, list(involved))
        trail = await read_trail(tenant, list(involved), target.exposed_since if found else "")
        rows = [_row(row, names) for row in found]
        ages: dict[str, Json] = {text_at(row, "id"): _age(trail, row).value for row in rows}
        return State({**_HOLDINGS.facts(rows), "ages": ages, "gap": trail.gap})

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """The grants that `which` and `only` name."""
        chosen = choose(
            _HOLDINGS.rows(state.facts),
            _HOLDINGS.noun,
            which=params.which,
            only=params.only,
            ages=object_of(state.facts["ages"], "the ages"),
            gap=text_at(state.facts, "gap"),
            risky=lambda row: bool(risky_scopes(text_at(row, "scope"))),
        )
        if isinstance(chosen, Skip):
            return chosen
        later = "tokens that were issued already work until they expire, as a rule 60 to 90 minutes"
        consent = "whoever may consent can grant it again; disable the application where it must not come back"
        warnings = (*chosen.warnings, later, consent)
        return _HOLDINGS.removal(target, state, chosen.rows, parameters_json(params), warnings=warnings)

    async def apply(self, change: Change, run: Run) -> None:
        """One write for each grant."""
        check_kind(change, self.targets)
        await _HOLDINGS.apply(change, run, _delete, _create)

    def holds(self, change: Change, state: State) -> bool:
        """None of the grants is there; or, given back, each with all of its permissions."""
        if not _HOLDINGS.holds(change, state):
            return False
        if text_at(change.work, "operation") == REMOVE:
            return True
        return all(_whole(_HOLDINGS.find(state.facts, row), row) for row in _HOLDINGS.planned(change))

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Grant the same again, or take away again what was given back."""
        return _HOLDINGS.undo(change, state)


def _row(grant: JsonObject, names: dict[str, str]) -> JsonObject:
    fields: dict[str, Json] = {name: text_at(grant, name).strip() for name in _FIELDS}
    client, resource = (names.get(text_at(grant, side), "") for side in ("clientId", "resourceId"))
    everybody = text_at(grant, "consentType") == "AllPrincipals"
    whom = "everybody" if everybody else text_at(grant, "principalId")
    fields["displayName"] = f"{text_at(grant, 'scope').strip()} of {resource} to {client} for {whom}"
    return fields


async def _names(tenant: TenantReader, ids: Sequence[str]) -> dict[str, str]:
    """The names of service principals; of one that is gone, its id."""
    reads = {one: Read(object_path("servicePrincipals", one), {"$select": "id,displayName"}) for one in ids}
    answers = await read_all(tenant, reads) if reads else {}
    return {
        one: one if isinstance(answer, TenantError) else text_at(answer, "displayName") or one
        for one, answer in answers.items()
    }


def _age(trail: Trail, row: JsonObject) -> Age:
    """By the events of consent that name client and resource; whether one of them is a certain user's may be open."""
    client, resource, user = (text_at(row, side).lower() for side in ("clientId", "resourceId", "principalId"))
    consents = [
        event
        for event in trail.events
        if text_at(event, "activityDisplayName").casefold() in _CONSENTS and {client, resource} <= _named(event)
    ]
    own = [event for event in consents if not user or user in _named(event)]
    if consents and not own:
        return Age.UNKNOWN
    return replace(trail, events=tuple(own)).age_of(text_at(row, "id"), client)


def _named(event: JsonObject) -> set[str]:
    """The ids that an event names: its targets, what it set, and the user who did it."""
    targets = objects_at(event, "targetResources")
    texts = [text_at(one, "newValue") for target in targets for one in objects_at(target, "modifiedProperties")]
    by = event.get("initiatedBy")
    user = by.get("user") if isinstance(by, Mapping) else None
    ids = [text_at(one, "id").lower() for one in (*targets, user) if isinstance(one, Mapping)]
    return {*ids, *(found for text in texts for found in guids_in(text))}


def _whole(now: JsonObject | None, row: JsonObject) -> bool:
    return now is not None and set(text_at(row, "scope").split()) <= set(text_at(now, "scope").split())


async def _delete(change: Change, run: Run, row: JsonObject) -> None:
    path = link_path(f"/{_GRANTS}", text_at(row, "id"))

    async def gone() -> JsonObject | None:
        try:
            await run.tenant.get(Read(path))
        except ObjectMissing:
            return {}
        return None

    target = change.target
    write = Write(
        _HOLDINGS.step(REMOVE, row),
        "DELETE",
        path,
        object_id=target.id,
        names_target=_SIDES[target.kind],
        absent_is_done=True,
    )
    await run.write(write, gone)


async def _create(change: Change, run: Run, row: JsonObject) -> str:
    target = change.target
    body: dict[str, str | None] = {name: text_at(row, name) or None for name in _FIELDS if name != "id"}
    path = f"{object_path(_COLLECTIONS[target.kind], target.id)}/{_GRANTS}"

    async def there() -> JsonObject | None:
        found = [one async for page in run.tenant.pages(Read(path)) for one in page]
        same = _HOLDINGS.find(_HOLDINGS.facts([_row(one, {}) for one in found]), row)
        return {"id": text_at(same, "id")} if same else None

    step, side = _HOLDINGS.step(RESTORE, row), _SIDES[target.kind]
    write = Write(step, "POST", f"/{_GRANTS}", body, object_id=target.id, names_target=side, expects=("id",))
    return text_at((await run.write(write, there)).facts, "id")


ACTION: Action = RevokeConsentGrants()
