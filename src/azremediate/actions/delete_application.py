"""Deletes an application of this tenant with its service principal; both can be restored for a time."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from azremediate.actions._application_image import ABSENT, DELETED, LISTS, PRESENT, deleted_item, read_image
from azremediate.actions._owners import APPLICATIONS, PRINCIPALS
from azremediate.actions._reading import object_path, read_all
from azremediate.actions._target_check import check_identity, check_kind, check_work, not_planned
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass, new_change
from azremediate.core.clock import iso
from azremediate.core.credential import CredentialKind
from azremediate.core.errors import ObjectMissing, RequestRefused
from azremediate.core.json_value import Json, JsonObject, object_of, objects_at, text_at, texts_at
from azremediate.core.observed import Comparison, Precondition, State
from azremediate.core.parameters import parameters_json
from azremediate.core.permission import Needs
from azremediate.core.ports import Read, TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind
from azremediate.core.write import Write

_DELETE: Final = "delete"
_RESTORE: Final = "restore"
_KEPT_FOR: Final = timedelta(days=30)
_HALVES: Final = {"application": APPLICATIONS, "servicePrincipal": PRINCIPALS}


@dataclass(frozen=True, slots=True)
class Params:
    """`delete_application` has no parameters."""


class DeleteApplication:
    """Moves it to the deleted items; its inverse restores the application and then its service principal."""

    name: ClassVar = "delete_application"
    summary: ClassVar = "delete an application and its service principal, restorable for a time"
    phase: ClassVar = Phase.EVICT
    undo_class: ClassVar = UndoClass.RESTORABLE
    risk: ClassVar = Risk.HIGH
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.APPLICATION,)
    takes: ClassVar = frozenset(kind for kind in CredentialKind if kind.of_application)
    closes: ClassVar = frozenset(kind for kind in CredentialKind if kind.of_application)
    limited: ClassVar = True
    params: ClassVar = Params
    needs: ClassVar = Needs(
        graph=(
            "Application.ReadWrite.All",
            "Directory.Read.All",
            "Synchronization.Read.All",
        ),
        directory_roles=("Cloud Application Administrator (to restore what was deleted)",),
    )

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: see `read_image`."""
        return State(await read_image(target, tenant))

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """The deletion, unless it is gone or has to be left alone."""
        if (now := text_at(state.facts, "application")) != PRESENT:
            return Skip("it is deleted already" if now == DELETED else "it is not there any more")
        if kept := text_at(state.facts, "kept"):
            return Skip(f"not deleted: {kept}", done=False)
        return _deletion(target, state, parameters_json(params))

    async def apply(self, change: Change, run: Run) -> None:
        """One write to delete both; to restore, one for each."""
        check_kind(change, self.targets)
        if text_at(change.work, "operation") == _RESTORE:
            await _restore(change, run)
            return
        check_work(change, operation=_DELETE)
        state = await self.observe(change.target, run.tenant)
        if kept := text_at(state.facts, "kept"):
            raise not_planned(kept)
        if text_at(state.facts, "application") == PRESENT:
            await _check_halves(change.target, run.tenant)
        run.proof["restorable until, as a rule"] = iso(run.clock.now() + _KEPT_FOR)

        async def gone() -> JsonObject | None:
            return None if await _is_there(run.tenant, APPLICATIONS, change.target.id) else {}

        path = object_path(APPLICATIONS, change.target.id)
        await run.write(Write("delete", "DELETE", path, object_id=change.target.id, absent_is_done=True), gone)

    def holds(self, change: Change, state: State) -> bool:
        """Neither half is there; or, restored, each that was deleted is."""
        if text_at(change.work, "operation") == _RESTORE:
            return all(text_at(state.facts, half) == PRESENT for half in texts_at(change.work, "restore"))
        return all(text_at(state.facts, half) != PRESENT for half in _HALVES)

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Restore what is still among the deleted items; or delete again what was restored."""
        if text_at(change.work, "operation") == _RESTORE:
            if not self.holds(change, state):
                return CannotUndo("somebody has deleted it since")
            if kept := text_at(state.facts, "kept"):
                return CannotUndo(kept)
            return _deletion(change.target, state, change.params)
        now = text_at(state.facts, "application")
        if now != DELETED:
            said = (
                "somebody has restored it since"
                if now == PRESENT
                else "it was deleted for good, or its time has run out"
            )
            return CannotUndo(said)
        return _restoring(change, state)


def _deletion(target: Target, state: State, params: JsonObject) -> Change:
    image = object_of(state.facts["image"], "the image")
    counts = {name: len(objects_at(image, name)) for name in LISTS}
    lost = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    warnings = ["instances in other tenants stop too"] if text_at(image, "signInAudience") != "AzureADMyOrg" else []
    warnings += [
        "tokens that were issued already work until they expire, as a rule 60 to 90 minutes",
        f"what is bound to it may not come back with a restore, and is recorded here: {lost}" if lost else "",
        *(f"only the first of its {name} are recorded" for name in texts_at(state.facts, "cut")),
    ]
    return new_change(
        action=ACTION.name,
        phase=Phase.EVICT,
        target=target,
        state=state,
        params=params,
        work={"operation": _DELETE},
        summary="delete it and its service principal",
        before={"application": PRESENT, "image": image},
        after={"application": DELETED, "servicePrincipal": DELETED if target.service_principal_id else ABSENT},
        preconditions=(Precondition("/application", Comparison.EQUALS, PRESENT),),
        undo_class=UndoClass.RESTORABLE,
        undo_note="restorable for 30 days, as a rule; whoever holds its credentials gets in again then",
        risk=ACTION.risk,
        warnings=tuple(filter(None, warnings)),
    )


def _restoring(change: Change, state: State) -> Change:
    """Graph restores an application without its service principal, which has to be asked for by itself.

    Source: https://learn.microsoft.com/graph/api/directory-deleteditems-restore
    """
    halves: list[Json] = [half for half in _HALVES if text_at(state.facts, half) == DELETED]
    image = object_of(change.before["image"], "the image")
    lists: dict[str, Json] = {name: [text_at(row, "id") for row in objects_at(image, name)] for name in LISTS}
    warnings = ["its secrets and certificates come back with it: whoever holds them gets in again"]
    if text_at(state.facts, "servicePrincipal") == ABSENT and change.target.service_principal_id:
        warnings.append("its service principal cannot be restored any more: it is made again by consent")
    return new_change(
        action=ACTION.name,
        phase=Phase.RESTORE,
        target=change.target,
        state=state,
        params=change.params,
        work={"operation": _RESTORE, "restore": halves, "image": lists},
        summary="restore it and its service principal" if len(halves) > 1 else "restore it",
        before={half: state.facts[half] for half in _HALVES},
        after=dict.fromkeys(texts_at({"halves": halves}, "halves"), PRESENT),
        preconditions=(Precondition("/application", Comparison.EQUALS, DELETED),),
        undo_class=UndoClass.RESTORABLE,
        undo_note="undone by deleting it again",
        risk=ACTION.risk,
        warnings=tuple(warnings),
    )


async def _check_halves(target: Target, tenant: TenantReader) -> None:
    principal = "id,appId,servicePrincipalType,appOwnerOrganizationId"
    reads = {TargetKind.APPLICATION.value: Read(object_path(APPLICATIONS, target.id), {"$select": "id,appId"})}
    if target.service_principal_id:
        path = object_path(PRINCIPALS, target.service_principal_id)
        reads[TargetKind.SERVICE_PRINCIPAL.value] = Read(path, {"$select": principal})
    check_identity(target, await read_all(tenant, reads))


async def _restore(change: Change, run: Run) -> None:
    halves = texts_at(change.work, "restore")
    if not halves or not set(halves) <= _HALVES.keys():
        raise not_planned("it does not say what to restore")
    ids = {"application": change.target.id, "servicePrincipal": change.target.service_principal_id}
    for half in (half for half in _HALVES if half in halves):
        await _restore_half(run, change.target, half, ids[half])
    image = object_of(change.work.get("image"), "the recorded image")
    now = object_of((await read_image(change.target, run.tenant))["image"], "the image")
    for name in LISTS if now else ():  # a reading that lags says nothing
        if missing := set(texts_at(image, name)) - {text_at(row, "id") for row in objects_at(now, name)}:
            run.proof[f"{name} that did not come back"] = len(missing)


async def _restore_half(run: Run, target: Target, half: str, object_id: str) -> None:
    collection, path = _HALVES[half], deleted_item(object_id)
    try:
        item = await run.tenant.get(Read(path))
    except ObjectMissing:
        item = {}
    if (app_id := text_at(item, "appId")) and app_id.lower() != target.app_id.lower():
        raise not_planned(f"the deleted {half} {object_id} is not the one that the plan describes")

    async def back() -> JsonObject | None:
        return {"id": object_id} if await _is_there(run.tenant, collection, object_id) else None

    try:
        await run.write(Write(f"restore-{half}", "POST", f"{path}/restore", object_id=object_id), back)
    except (ObjectMissing, RequestRefused):
        # Somebody may have restored it a moment before, or the service both at once.
        if await back() is None:
            raise


async def _is_there(tenant: TenantReader, collection: str, object_id: str) -> bool:
    try:
        await tenant.get(Read(object_path(collection, object_id), {"$select": "id"}))
    except ObjectMissing:
        return False
    return True


ACTION: Action = DeleteApplication()
