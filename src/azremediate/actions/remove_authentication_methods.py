"""Removes what somebody registered to sign in with as the user: phones, keys, apps, passes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from azremediate.actions._account import ADMINISTRATORS
from azremediate.actions._added_since import AUDIT_PERMISSION, Age, Trail, read_trail, since_of
from azremediate.actions._reading import moment, object_path
from azremediate.actions._target_check import check_kind, not_planned
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass, new_change
from azremediate.core.cloud import Cloud
from azremediate.core.credential import CredentialKind
from azremediate.core.errors import FeatureMissing, RequestRefused
from azremediate.core.json_value import Json, JsonObject, objects_at, text_at, texts_at
from azremediate.core.observed import State
from azremediate.core.parameters import parameters_json
from azremediate.core.permission import Needs
from azremediate.core.ports import Read, TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind
from azremediate.core.write import Write

_COLLECTIONS: Mapping[str, str] = {
    "phone": "phoneMethods",
    "fido2": "fido2Methods",
    "microsoftAuthenticator": "microsoftAuthenticatorMethods",
    "softwareOath": "softwareOathMethods",
    "email": "emailMethods",
    "temporaryAccessPass": "temporaryAccessPassMethods",
    "windowsHelloForBusiness": "windowsHelloForBusinessMethods",
    "platformCredential": "platformCredentialMethods",
    "external": "externalAuthenticationMethods",
}
"""The collection of each type of method, by the type's name without `AuthenticationMethod`."""

_TYPE = re.compile(r"#microsoft\.graph\.([A-Za-z0-9]+?)AuthenticationMethod")
_ID = re.compile(r"[A-Za-z0-9_=-]{1,200}")


class Which(StrEnum):
    """Which methods are removed."""

    ADDED_AFTER = "added-after"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of `remove_authentication_methods`."""

    which: Which = field(
        default=Which.ADDED_AFTER, metadata={"help": "added-after (those registered since the exposure), or all"}
    )
    since: str = field(
        default="", metadata={"help": "time of the exposure, ISO 8601; default: the earliest of the list"}
    )


class RemoveAuthenticationMethods:
    """Removes each method by the collection of its type; the password is never one of them."""

    name: ClassVar = "remove_authentication_methods"
    summary: ClassVar = "remove what was registered to sign in with as a user since the exposure"
    phase: ClassVar = Phase.EVICT
    undo_class: ClassVar = UndoClass.IRREVERSIBLE
    risk: ClassVar = Risk.HIGH
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.USER,)
    takes: ClassVar = frozenset({CredentialKind.SESSION, CredentialKind.USER_PASSWORD})
    closes: ClassVar[frozenset[CredentialKind]] = frozenset()
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(
        graph=(
            "UserAuthMethod-Email.ReadWrite.All",
            "UserAuthMethod-External.ReadWrite.All",
            "UserAuthMethod-MicrosoftAuthApp.ReadWrite.All",
            "UserAuthMethod-Passkey.ReadWrite.All",
            "UserAuthMethod-Phone.ReadWrite.All",
            "UserAuthMethod-PlatformCred.ReadWrite.All",
            "UserAuthMethod-SoftwareOATH.ReadWrite.All",
            "UserAuthMethod-TAP.ReadWrite.All",
            "UserAuthMethod-WindowsHello.ReadWrite.All",
            "UserAuthenticationMethod.Read.All",
            AUDIT_PERMISSION,
        ),
        directory_roles=(ADMINISTRATORS,),
    )

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: methods, each with id, type, name and created; no phone number, address or pass is kept.

        For methods without a time of their own also `registrations`, when the audit log has the user registering
        anything since the exposure, `logFrom`, since when that is whole (empty when it is not), and `removable`, the
        types that this cloud removes.
        """
        if tenant.cloud is Cloud.CHINA:
            raise FeatureMissing(f"Graph of the {tenant.cloud} cloud does not show authentication methods")
        read = Read(f"{object_path('users', target.id)}/authentication/methods")
        rows = [row async for page in tenant.pages(read) for row in page]
        methods: list[Json] = [_facts(row) for row in rows if _type_of(row) != "password"]
        undated = any(not text_at(one, "created") for one in objects_at({"methods": methods}, "methods"))
        trail = await read_trail(tenant, [target.id], target.exposed_since) if undated else Trail("")
        external = tenant.cloud in (Cloud.PUBLIC, Cloud.CUSTOM)
        return State(
            {
                "methods": methods,
                "registrations": [text_at(one, "activityDateTime") for one in trail.events if _registers(one)],
                "logFrom": trail.since if trail.whole else "",
                "removable": [kind for kind in _COLLECTIONS if external or kind != "external"],
            }
        )

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """The removal of those that were registered after the exposure, or of all."""
        methods = objects_at(state.facts, "methods")
        since = since_of(target.exposed_since, params.since)
        if params.which is Which.ADDED_AFTER and not since:
            return Skip("nobody says since when it was exposed: name it in the list, or with since=", done=False)
        ages = {text_at(one, "id"): _age(one, since, state) for one in methods}
        kinds = texts_at(state.facts, "removable")
        wanted = [one for one in methods if params.which is Which.ALL or ages[text_at(one, "id")] is Age.AFTER]
        going = [one for one in wanted if _removable(one, kinds)]
        left = [one for one in methods if one not in going]
        if not going:
            return _nothing(wanted, left, ages)
        count = len(going)
        return new_change(
            action=self.name,
            phase=self.phase,
            target=target,
            state=state,
            params=parameters_json(params),
            work={"methods": [{"id": text_at(one, "id"), "type": text_at(one, "type")} for one in _in_order(going)]},
            summary=f"remove {count} authentication method{'s' if count != 1 else ''}",
            before={"authenticationMethods": [_words(one) for one in methods]},
            after={"authenticationMethods": [_words(one) for one in left]},
            preconditions=(),
            undo_class=self.undo_class,
            undo_note="cannot be undone: the user registers again",
            risk=self.risk,
            warnings=_warnings(left, ages),
        )

    async def apply(self, change: Change, run: Run) -> None:
        """One deletion for each; what the service refuses while others are there is tried again after them."""
        check_kind(change, self.targets)
        waiting = [(text_at(one, "type"), text_at(one, "id")) for one in objects_at(change.work, "methods")]
        if any(kind not in _COLLECTIONS or _ID.fullmatch(method) is None for kind, method in waiting):
            raise not_planned("it names something that is no authentication method")
        while waiting:
            refused: list[tuple[str, str]] = []
            for kind, method in waiting:
                try:
                    await self._remove(change, run, kind, method)
                except RequestRefused:
                    if len(refused) + 1 == len(waiting):
                        raise
                    refused.append((kind, method))
            waiting = refused

    async def _remove(self, change: Change, run: Run, kind: str, method: str) -> None:
        async def gone() -> JsonObject | None:
            state = await self.observe(change.target, run.tenant)
            there = {text_at(one, "id") for one in objects_at(state.facts, "methods")}
            return None if method in there else {"absent": True}

        user = change.target.id
        path = f"{object_path('users', user)}/authentication/{_COLLECTIONS[kind]}/{method}"
        write = Write(f"remove-{kind}-{method}", "DELETE", path, object_id=user, absent_is_done=True)
        await run.write(write, gone)

    def holds(self, change: Change, state: State) -> bool:
        """None of them is registered any more."""
        gone = {text_at(one, "id") for one in objects_at(change.work, "methods")}
        return not gone & {text_at(one, "id") for one in objects_at(state.facts, "methods")}

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Never: only the user can register a method."""
        return CannotUndo("a removed authentication method is registered again by the user")


def _type_of(row: JsonObject) -> str:
    found = _TYPE.fullmatch(text_at(row, "@odata.type"))
    return found[1] if found else "unknown"


def _facts(row: JsonObject) -> JsonObject:
    name = text_at(row, "displayName") or text_at(row, "phoneType")
    created = text_at(row, "createdDateTime")
    return {"id": text_at(row, "id"), "type": _type_of(row), "name": name, "created": created}


def _registers(event: JsonObject) -> bool:
    """Whether an event may have registered a method, by its name in Microsoft's list of audit activities."""
    return "registered security info" in text_at(event, "activityDisplayName").casefold()


def _age(method: JsonObject, since: str, state: State) -> Age:
    """By its own time; without one it is old where the log is whole and has no registration since, else not known."""
    created = text_at(method, "created")
    if created or not since:
        return Trail(since).age_of(created=created)
    whole_from = text_at(state.facts, "logFrom")
    if not whole_from or moment(since) < moment(whole_from):
        return Age.UNKNOWN
    later = [one for one in texts_at(state.facts, "registrations") if moment(one) >= moment(since)]
    return Age.UNKNOWN if later else Age.BEFORE


def _removable(method: JsonObject, kinds: Sequence[str]) -> bool:
    return text_at(method, "type") in kinds and _ID.fullmatch(text_at(method, "id")) is not None


def _in_order(methods: Sequence[JsonObject]) -> list[JsonObject]:
    """The mobile phone last: Graph keeps it while an alternate one is there."""
    return sorted(methods, key=lambda one: (text_at(one, "name") == "mobile", text_at(one, "type"), text_at(one, "id")))


def _words(method: JsonObject) -> str:
    created = text_at(method, "created")
    name = f" {text_at(method, 'name')!r}" if method.get("name") else ""
    return f"{text_at(method, 'type')}{name}, registered {created or 'at a time that is not known'}"


def _nothing(wanted: Sequence[JsonObject], left: Sequence[JsonObject], ages: Mapping[str, Age]) -> Skip:
    if wanted:
        return Skip(
            f"Graph of this cloud has no way to remove {', '.join(map(_words, wanted))}: look at the user", done=False
        )
    unknown = [one for one in left if ages[text_at(one, "id")] is Age.UNKNOWN]
    if unknown:
        said = "; ".join(map(_words, unknown))
        return Skip(f"when these were registered is not known, so somebody has to look at them: {said}", done=False)
    return Skip("nothing was registered since the exposure" if left else "nothing but a password is registered")


def _warnings(left: Sequence[JsonObject], ages: Mapping[str, Age]) -> tuple[str, ...]:
    found = ["the user needs a Temporary Access Pass to register again, and registration has to be guarded"]
    found += [f"stays, and when it came is not known: {_words(one)}" for one in left if _unknown(one, ages)]
    return tuple(found)


def _unknown(method: JsonObject, ages: Mapping[str, Age]) -> bool:
    return ages[text_at(method, "id")] is Age.UNKNOWN


ACTION: Action = RemoveAuthenticationMethods()
