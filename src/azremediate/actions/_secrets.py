"""Client secrets on an application and on its service principal: reading them and removing one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from azremediate.actions._reading import object_path
from azremediate.actions._target_check import check_identity, check_kind, not_planned
from azremediate.core.change import Change
from azremediate.core.credential import CredentialKind
from azremediate.core.errors import ObjectMissing, RequestRefused, TenantError
from azremediate.core.json_value import Json, JsonObject, flag_at, objects_at, text_at, texts_at
from azremediate.core.observed import Comparison, Precondition
from azremediate.core.ports import Read
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind
from azremediate.core.write import Write

_COLLECTIONS = {TargetKind.APPLICATION: "applications", TargetKind.SERVICE_PRINCIPAL: "servicePrincipals"}
_FIELDS = ("keyId", "displayName", "hint", "startDateTime", "endDateTime")


class Remove(StrEnum):
    """Which client secrets go."""

    EXPOSED = "exposed"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Holder:
    """An object that has client secrets."""

    kind: TargetKind
    id: str

    @property
    def path(self) -> str:
        """Its path in Graph."""
        return object_path(_COLLECTIONS[self.kind], self.id)

    @property
    def fact(self) -> str:
        """The fact that lists the key ids of its secrets."""
        return f"{self.kind}KeyIds"


@dataclass(frozen=True, slots=True)
class Removal:
    """One secret that has to go."""

    holder: Holder
    key_id: str

    def as_json(self) -> JsonObject:
        """The form in a change's work."""
        return {"holder": self.holder.kind.value, "holder_id": self.holder.id, "key_id": self.key_id}

    @classmethod
    def from_json(cls, value: JsonObject) -> "Removal":
        """The reverse of `as_json`."""
        kind = next((one for one in _COLLECTIONS if one.value == value.get("holder")), None)
        if kind is None:
            raise not_planned("the plan names a holder of secrets that is none")
        return cls(Holder(kind, text_at(value, "holder_id")), text_at(value, "key_id"))

    @property
    def precondition(self) -> Precondition:
        """That the secret is still there."""
        return Precondition(f"/{self.holder.fact}", Comparison.CONTAINS, self.key_id)


def holders(target: Target) -> list[Holder]:
    """The application, if it lives in this tenant, and its service principal, if it has one."""
    named = {TargetKind.APPLICATION: target.application_id, TargetKind.SERVICE_PRINCIPAL: target.service_principal_id}
    found = [Holder(kind, known or (target.id if target.kind is kind else "")) for kind, known in named.items()]
    return [holder for holder in found if holder.id]


def holder_reads(target: Target, *more: str) -> dict[str, Read]:
    """What to read for `holder_facts`, named by the holder's kind; `more` are further properties."""
    own = {
        TargetKind.APPLICATION: "id,appId,displayName,createdDateTime,isDisabled,passwordCredentials",
        TargetKind.SERVICE_PRINCIPAL: (
            "id,appId,displayName,accountEnabled,servicePrincipalType,appOwnerOrganizationId,passwordCredentials"
        ),
    }
    return {
        holder.kind.value: Read(holder.path, {"$select": ",".join((own[holder.kind], *more))})
        for holder in holders(target)
    }


def holder_facts(answers: Mapping[str, JsonObject | TenantError]) -> dict[str, Json]:
    """Facts about the secrets and about whether the application can sign in; raises what stood in the way of reading.

    A service principal that is gone counts as none; an application that is gone is an error, for it was resolved.
    """
    application = holder_answer(answers, TargetKind.APPLICATION)
    principal = holder_answer(answers, TargetKind.SERVICE_PRINCIPAL)
    facts: dict[str, Json] = {
        "accountEnabled": None if principal is None else flag_at(principal, "accountEnabled") is not False,
        "applicationDisabled": application is not None and flag_at(application, "isDisabled") is True,
        "createdDateTime": "" if application is None else text_at(application, "createdDateTime"),
    }
    for kind, holder in ((TargetKind.APPLICATION, application), (TargetKind.SERVICE_PRINCIPAL, principal)):
        secrets = [] if holder is None else secrets_on(holder)
        facts[f"{kind}KeyIds"] = [text_at(secret, "keyId") for secret in secrets]
        facts[f"{kind}Secrets"] = secrets
    return facts


def holder_answer(answers: Mapping[str, JsonObject | TenantError], kind: TargetKind) -> JsonObject | None:
    """What was read of one holder; None for none, also for a service principal that is gone."""
    answer = answers.get(kind.value)
    if isinstance(answer, ObjectMissing) and kind is TargetKind.SERVICE_PRINCIPAL:
        return None
    if isinstance(answer, TenantError):
        raise answer
    return answer


def unprovable_by_sign_in(facts: JsonObject) -> str:
    """Why signing in cannot prove a new credential; empty when it can."""
    if facts["accountEnabled"] is None:
        return "the application has no service principal in this tenant"
    if facts["accountEnabled"] is False:
        return "the service principal is disabled"
    return "the application is deactivated" if facts["applicationDisabled"] else ""


def secrets_on(holder: JsonObject) -> list[JsonObject]:
    """The client secrets of an object as Graph shows it, without their values, in the order of their key ids."""
    found: list[JsonObject] = [
        {name: text_at(secret, name) for name in _FIELDS} for secret in objects_at(holder, "passwordCredentials")
    ]
    return sorted(found, key=lambda secret: str(secret["keyId"]))


def key_ids(facts: JsonObject) -> dict[TargetKind, list[str]]:
    """The key ids of the secrets by holder."""
    return {kind: texts_at(facts, f"{kind}KeyIds") for kind in _COLLECTIONS}


def removals(target: Target, facts: JsonObject, remove: Remove) -> list[Removal]:
    """The secrets that have to go and are there, the application's first."""
    exposed = set(exposed_key_ids(target))
    present = key_ids(facts)
    return [
        Removal(holder, key_id)
        for holder in holders(target)
        for key_id in present[holder.kind]
        if remove is Remove.ALL or key_id in exposed
    ]


def exposed_key_ids(target: Target) -> list[str]:
    """The key ids of the exposed secrets, sorted."""
    return sorted(one.key_id for one in target.exposed if one.kind is CredentialKind.CLIENT_SECRET)


def remaining(facts: JsonObject, going: Iterable[Removal]) -> dict[str, Json]:
    """The key id facts as they will be."""
    gone = {removal.key_id for removal in going}
    return {f"{kind}KeyIds": [key for key in keys if key not in gone] for kind, keys in key_ids(facts).items()}


def planned_removals(work: JsonObject) -> list[Removal]:
    """The removals in a change's work."""
    return [Removal.from_json(item) for item in objects_at(work, "removals")]


def check_holders(change: Change, kinds: Iterable[TargetKind], answers: Mapping[str, JsonObject | TenantError]) -> None:
    """Raise `ChangeFailed` unless every secret that goes is on the target, and the target is what the plan says.

    answers: to `holder_reads` of the change's target, read now.
    """
    check_kind(change, kinds)
    own = holders(change.target)
    if any(removal.holder not in own for removal in planned_removals(change.work)):
        raise not_planned("the plan names a secret of another object than its target")
    check_identity(change.target, answers)


async def read_secrets(run: Run, holder: Holder) -> list[JsonObject]:
    """A fresh reading of one holder's secrets."""
    return secrets_on(await run.tenant.get(Read(holder.path, {"$select": "id,passwordCredentials"})))


async def remove_secret(run: Run, step: str, removal: Removal) -> None:
    """Remove one secret; one that is not there any more counts as removed."""

    async def gone() -> JsonObject | None:
        found = {text_at(secret, "keyId") for secret in await read_secrets(run, removal.holder)}
        return None if removal.key_id in found else {"keyId": removal.key_id}

    write = Write(
        step=step,
        method="POST",
        path=f"{removal.holder.path}/removePassword",
        body={"keyId": removal.key_id},
        object_id=removal.holder.id,
    )
    try:
        await run.write(write, gone)
    except RequestRefused:
        # Graph answers 400 for a key id that is not there, e.g. when an earlier attempt had removed it; reads may lag.
        deadline = run.clock.monotonic() + run.settings.reconcile.window.total_seconds()
        while await gone() is None:
            if run.clock.monotonic() >= deadline:
                raise
            await run.clock.sleep(run.settings.reconcile.poll.total_seconds())
