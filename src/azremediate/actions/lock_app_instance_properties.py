"""Locks sensitive properties of a multi-tenant application on its service principals in other tenants."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from azremediate.actions._owners import APPLICATIONS
from azremediate.actions._reading import object_path
from azremediate.actions._target_check import check_identity, check_kind, not_planned
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass, new_change
from azremediate.core.credential import CredentialKind
from azremediate.core.json_value import Json, JsonObject, flag_at, object_of, text_at
from azremediate.core.observed import Comparison, Precondition, State
from azremediate.core.parameters import parameters_json
from azremediate.core.permission import Needs
from azremediate.core.ports import Read, TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind
from azremediate.core.write import Write

_LOCK: Final = "servicePrincipalLockConfiguration"
_ALL: Final = "allProperties"
_FLAGS: Final = ("isEnabled", _ALL, "credentialsWithUsageVerify", "credentialsWithUsageSign", "tokenEncryptionKeyId")
_OF_SEVERAL_TENANTS: Final = ("AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount")


@dataclass(frozen=True, slots=True)
class Params:
    """`lock_app_instance_properties` has no parameters."""


class LockAppInstanceProperties:
    """Sets servicePrincipalLockConfiguration to all properties; its inverse puts back what was there."""

    name: ClassVar = "lock_app_instance_properties"
    summary: ClassVar = "lock the credentials of a multi-tenant application's instances in other tenants"
    phase: ClassVar = Phase.HARDEN
    undo_class: ClassVar = UndoClass.REVERSIBLE
    risk: ClassVar = Risk.LOW
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.APPLICATION,)
    takes: ClassVar = frozenset(kind for kind in CredentialKind if kind.of_application)
    closes: ClassVar[frozenset[CredentialKind]] = frozenset()
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(graph=("Application.ReadWrite.All",))

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: signInAudience, and lock: each flag; one that was never set is false, which means the same."""
        application = await _read(target, tenant)
        return State({"signInAudience": text_at(application, "signInAudience"), "lock": _flags(application)})

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """The lock, unless all is locked or there are no instances elsewhere."""
        audience, lock = text_at(state.facts, "signInAudience"), object_of(state.facts["lock"], "the lock")
        if audience not in _OF_SEVERAL_TENANTS:
            return Skip(f"it has no instance in another tenant: its signInAudience is {audience or 'not set'}")
        if _locked(lock) == {_ALL}:
            return Skip("all of it is locked already")
        wanted: dict[str, Json] = {**lock, "isEnabled": True, _ALL: True}
        return _setting(target, state, parameters_json(params), wanted)

    async def apply(self, change: Change, run: Run) -> None:
        """One write, which sets the value and may be repeated."""
        check_kind(change, self.targets)
        wanted = object_of(change.work.get("lock"), "the planned lock")
        if set(wanted) != set(_FLAGS) or not all(isinstance(value, bool) for value in wanted.values()):
            raise not_planned("it does not say what to lock")
        check_identity(change.target, {TargetKind.APPLICATION.value: await _read(change.target, run.tenant)})

        async def is_set() -> JsonObject | None:
            flags = _flags(await _read(change.target, run.tenant))
            return {"lock": flags} if _locked(flags) == _locked(wanted) else None

        path = object_path(APPLICATIONS, change.target.id)
        body = {_LOCK: {name: wanted[name] is True for name in _FLAGS}}
        await run.write(Write("lock", "PATCH", path, body, object_id=change.target.id), is_set)

    def holds(self, change: Change, state: State) -> bool:
        """What is locked is what the change locks."""
        wanted, now = object_of(change.work["lock"], "the planned lock"), object_of(state.facts["lock"], "the lock")
        return _locked(now) == _locked(wanted)

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """The lock as it was before."""
        if not self.holds(change, state):
            return CannotUndo("somebody has changed it since")
        return _setting(change.target, state, change.params, object_of(change.before["lock"], "the lock before"))


async def _read(target: Target, tenant: TenantReader) -> JsonObject:
    return await tenant.get(Read(object_path(APPLICATIONS, target.id), {"$select": f"id,appId,signInAudience,{_LOCK}"}))


def _flags(application: JsonObject) -> JsonObject:
    lock = application.get(_LOCK)
    lock = lock if isinstance(lock, Mapping) else {}
    return {name: flag_at(lock, name) is True for name in _FLAGS}


def _locked(lock: JsonObject) -> set[str]:
    """What is locked: all properties count for each of them, and nothing is where the lock is off."""
    if lock.get("isEnabled") is not True:
        return set()
    on = {name for name in _FLAGS[1:] if lock.get(name) is True}
    return {_ALL} if _ALL in on else on


def _setting(target: Target, state: State, params: JsonObject, wanted: JsonObject) -> Change:
    locking = _locked(wanted) == {_ALL}
    before = object_of(state.facts["lock"], "the lock")
    return new_change(
        action=ACTION.name,
        phase=Phase.HARDEN if locking else Phase.RESTORE,
        target=target,
        state=state,
        params=params,
        work={"lock": wanted},
        summary="lock its instances in other tenants" if locking else "put back the lock as it was",
        before={"lock": before},
        after={"lock": wanted},
        preconditions=(
            Precondition("/lock", Comparison.EQUALS, before),
            Precondition("/signInAudience", Comparison.EQUALS, state.facts["signInAudience"]),
        ),
        undo_class=UndoClass.REVERSIBLE,
        undo_note="undone by putting back the lock as it was",
        risk=ACTION.risk,
        warnings=(
            "who runs an instance cannot add credentials to it any more; those that are there stay and still work",
        )
        if locking
        else ("credentials can be added to its instances in other tenants again",),
    )


ACTION: Action = LockAppInstanceProperties()
