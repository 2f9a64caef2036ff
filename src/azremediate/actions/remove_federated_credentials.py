"""Removes federated identity credentials of an application: the listed ones, and others that nobody allows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from azremediate.actions._added_since import AUDIT_PERMISSION, Age
from azremediate.actions._federated import (
    AllowList,
    Others,
    body_of,
    credential_facts,
    credential_path,
    credentials_path,
    pair,
    present_pairs,
    read_credentials,
    shown_as,
)
from azremediate.actions._reading import object_path
from azremediate.actions._target_check import check_identity, check_kind, not_planned
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass, new_change
from azremediate.core.credential import CredentialKind
from azremediate.core.json_value import JsonObject, flag_at, object_of, objects_at, text_at
from azremediate.core.observed import Comparison, Precondition, State
from azremediate.core.parameters import parameters_json
from azremediate.core.permission import Needs
from azremediate.core.ports import Read, TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind
from azremediate.core.write import Write

_REFUSED = "re-adding an exposed credential is refused by design"


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of `remove_federated_credentials`; raises `InputInvalid` for a `keep` that is no list of pairs."""

    keep: tuple[str, ...] = field(
        default=(), metadata={"help": "pairs issuer|subject that stay unless listed; * in a subject is any text"}
    )
    others: Others = field(
        default=Others.ADDED_AFTER,
        metadata={"help": "which unlisted ones go that keep does not allow: none, added-after (the exposure) or all"},
    )

    def __post_init__(self) -> None:
        """Check the pairs where they are given, not in the middle of a plan."""
        AllowList(self.keep)


class RemoveFederatedCredentials:
    """Removes them one by one; its undo puts back those that no row listed."""

    name: ClassVar = "remove_federated_credentials"
    summary: ClassVar = "remove listed federated credentials, and others that are not allowed"
    phase: ClassVar = Phase.EVICT
    undo_class: ClassVar = UndoClass.RECREATABLE
    risk: ClassVar = Risk.HIGH
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.APPLICATION,)
    takes: ClassVar = frozenset(kind for kind in CredentialKind if kind.of_application)
    closes: ClassVar = frozenset({CredentialKind.FEDERATED_CREDENTIAL})
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(graph=("Application.ReadWrite.All", AUDIT_PERMISSION))

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: see `credential_facts`."""
        return State(await credential_facts(target, tenant))

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """The removal of every one that has to go; whoever stays without being allowed is named."""
        present = objects_at(state.facts, "federatedCredentials")
        listed = _listed(target, present)
        others = [one for one in present if one not in listed]
        doubtful = [one for one in others if not AllowList(params.keep).allows(one)]
        going = [one for one in doubtful if _goes(one, params.others)]
        staying = [f"{shown_as(one)} stays: {_why(one)}" for one in doubtful if one not in going]
        if going_all := [*listed, *going]:
            warnings = [*staying, text_at(state.facts, "ageGap") if staying else ""]
            return _removal(target, state, parameters_json(params), going_all, listed, list(filter(None, warnings)))
        if staying:
            unknown = any(text_at(one, "age") == Age.UNKNOWN for one in doubtful)
            reason = f"no federated credential of it has to go by the log; {'; '.join(staying)}"
            return Skip(reason, done=params.others is Others.NONE or not unknown)
        return Skip("no federated credential of it is listed, and it has none that is not allowed")

    async def apply(self, change: Change, run: Run) -> None:
        """One write for each, to the application of the target only."""
        check_kind(change, self.targets)
        application = change.target.id
        fresh = await run.tenant.get(Read(object_path("applications", application), {"$select": "id,appId"}))
        check_identity(change.target, {TargetKind.APPLICATION.value: fresh})
        if text_at(change.work, "operation") == "create":
            for body in objects_at(change.work, "credentials"):
                await _create(run, application, body)
            return
        for one in objects_at(change.work, "removals"):
            await _remove(run, application, text_at(one, "id"))

    def holds(self, change: Change, state: State) -> bool:
        """None of them is there, nor another one that trusts the same; or those put back are."""
        present = objects_at(state.facts, "federatedCredentials")
        if text_at(change.work, "operation") == "create":
            wanted = objects_at(change.work, "credentials")
            return all(any(body_of(one) == body_of(body) for one in present) for body in wanted)
        gone = objects_at(change.work, "removals")
        ids = {text_at(one, "id") for one in gone}
        again = present_pairs(present) & {pair(object_of(one["body"], "body")) for one in gone}
        return not again and not any(text_at(one, "id") in ids for one in present)

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Make those again that no row listed; take away those that an undo has put back."""
        present = objects_at(state.facts, "federatedCredentials")
        if not self.holds(change, state):
            return CannotUndo("somebody has changed it since")
        if text_at(change.work, "operation") == "create":
            pairs = present_pairs(objects_at(change.work, "credentials"))
            going = [one for one in present if pair(one) in pairs]
            return _removal(change.target, state, change.params, going, [], [])
        unlisted = [one for one in objects_at(change.work, "removals") if flag_at(one, "listed") is not True]
        bodies = [object_of(one["body"], "body") for one in unlisted]
        whole = [body for body in bodies if text_at(body, "subject")]
        if not whole:
            return CannotUndo("its subject was not shown, so it cannot be made again" if bodies else _REFUSED)
        return _creation(change, state, whole)


def _listed(target: Target, present: Sequence[JsonObject]) -> list[JsonObject]:
    """Those that a row means, and any other that trusts the same."""
    ids = {one.key_id for one in target.exposed if one.kind is CredentialKind.FEDERATED_CREDENTIAL}
    pairs = present_pairs([one for one in present if one["id"] in ids])
    return [one for one in present if one["id"] in ids or pair(one) in pairs]


def _goes(credential: JsonObject, others: Others) -> bool:
    return others is Others.ALL or (others is Others.ADDED_AFTER and text_at(credential, "age") == Age.AFTER)


def _why(credential: JsonObject) -> str:
    return {
        Age.AFTER.value: "it was added after the exposure, and others=none leaves it",
        Age.BEFORE.value: "it was there before the exposure; whether it is yours is for a person to judge",
        Age.UNKNOWN.value: "when it was added or changed is not known; whether it is yours is for a person to judge",
    }[text_at(credential, "age")]


def _removal(
    target: Target,
    state: State,
    params: JsonObject,
    going: Sequence[JsonObject],
    listed: Sequence[JsonObject],
    warnings: Sequence[str],
) -> Change:
    ids = [text_at(one, "id") for one in going]
    left = [text_at(one, "id") for one in objects_at(state.facts, "federatedCredentials") if one not in going]
    again = len(going) - len(listed)
    return new_change(
        action=ACTION.name,
        phase=ACTION.phase,
        target=target,
        state=state,
        params=params,
        work={
            "operation": "remove",
            "removals": [{"id": one["id"], "listed": one in listed, "body": body_of(one)} for one in going],
        },
        summary=f"remove {len(going)} federated credential{'s' if len(going) != 1 else ''}: "
        + ", ".join(map(shown_as, going)),
        before={"federatedCredentialIds": [*ids, *left]},
        after={"federatedCredentialIds": left},
        preconditions=tuple(Precondition("/federatedCredentialIds", Comparison.CONTAINS, one) for one in ids),
        undo_class=UndoClass.RECREATABLE if again else UndoClass.IRREVERSIBLE,
        undo_note=f"{again} that no row lists can be made again with a new id; {_REFUSED}" if again else _REFUSED,
        risk=ACTION.risk,
        warnings=tuple(warnings),
    )


def _creation(change: Change, state: State, bodies: Sequence[JsonObject]) -> Change:
    shown = ", ".join(map(shown_as, bodies))
    return new_change(
        action=ACTION.name,
        phase=Phase.RESTORE,
        target=change.target,
        state=state,
        params=change.params,
        work={"operation": "create", "credentials": list(bodies)},
        summary=f"make {len(bodies)} federated credential{'s' if len(bodies) != 1 else ''} again: {shown}",
        before={"federatedCredentials": "not there"},
        after={"trusted": shown},
        preconditions=(
            Precondition("/federatedCredentialIds", Comparison.EQUALS, state.facts["federatedCredentialIds"]),
        ),
        undo_class=UndoClass.REVERSIBLE,
        undo_note="undone by removing them again",
        risk=ACTION.risk,
        warnings=("whoever the issuer gives such a token can sign in as this application again",),
    )


async def _remove(run: Run, application: str, credential_id: str) -> None:
    async def gone() -> JsonObject | None:
        found = {text_at(one, "id") for one in await read_credentials(run.tenant, application)}
        return None if credential_id in found else {"id": credential_id}

    path = credential_path(application, credential_id)
    step = f"remove-{credential_id}"
    await run.write(Write(step, "DELETE", path, object_id=application, absent_is_done=True), gone)


async def _create(run: Run, application: str, body: JsonObject) -> None:
    if set(body) - {"name", "issuer", "subject", "description", "audiences"} or not text_at(body, "subject"):
        raise not_planned("it would make a federated credential that was not removed before")

    async def made() -> JsonObject | None:
        found = [one for one in await read_credentials(run.tenant, application) if body_of(one) == body_of(body)]
        return {"id": text_at(found[0], "id")} if found else None

    step = f"create-{text_at(body, 'name')}"
    await run.write(Write(step, "POST", credentials_path(application), body_of(body), object_id=application), made)


ACTION: Action = RemoveFederatedCredentials()
