"""Removes all client secrets and certificates of an application, or all older than a time, and proves it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from azremediate.actions._added_since import since_of
from azremediate.actions._certificates import (
    MEMBER,
    certificate_facts,
    certificate_ids_left,
    certificates,
    exposed_certificate_ids,
    is_there,
    replace_keys,
    signs,
    unsendable,
)
from azremediate.actions._reading import moment, read_all
from azremediate.actions._secrets import (
    Holder,
    Removal,
    Remove,
    check_holders,
    exposed_key_ids,
    holder_facts,
    holder_reads,
    holders,
    key_ids,
    planned_removals,
    remaining,
    remove_secret,
)
from azremediate.actions._target_check import not_planned
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass, new_change
from azremediate.core.credential import CredentialKind
from azremediate.core.errors import ChangeFailed
from azremediate.core.json_value import Json, JsonObject, object_of, objects_at, text_at, texts_at
from azremediate.core.observed import State
from azremediate.core.parameters import parameters_json
from azremediate.core.permission import Needs
from azremediate.core.ports import TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of `remove_app_credentials`; raises `InputInvalid` for an `older_than` that is no time."""

    remove: Remove = field(
        default=Remove.ALL, metadata={"help": "which ones are removed: exposed (those listed) or all"}
    )
    older_than: str = field(
        default="", metadata={"help": "of all only those that start before this ISO 8601 time; listed ones always go"}
    )
    sign_keys: bool = field(
        default=False,
        metadata={"help": "also certificates that sign SAML tokens: users of that service cannot sign in"},
    )

    def __post_init__(self) -> None:
        """Check the time where it is given."""
        since_of("", self.older_than)


@dataclass(frozen=True, slots=True)
class _Sorted:
    """What goes and what stays, of secrets and of certificates."""

    secrets: list[Removal] = field(default_factory=list)
    certificates: list[Removal] = field(default_factory=list)
    newer: list[str] = field(default_factory=list)
    signing: list[str] = field(default_factory=list)


class RemoveAppCredentials:
    """Removes them from the application and from its service principal, without a new one."""

    name: ClassVar = "remove_app_credentials"
    summary: ClassVar = "remove all client secrets and certificates without new ones, and prove that none is left"
    phase: ClassVar = Phase.EVICT
    undo_class: ClassVar = UndoClass.IRREVERSIBLE
    risk: ClassVar = Risk.HIGH
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.APPLICATION, TargetKind.SERVICE_PRINCIPAL)
    takes: ClassVar = frozenset(kind for kind in CredentialKind if kind.of_application)
    closes: ClassVar = frozenset({CredentialKind.CLIENT_SECRET, CredentialKind.CERTIFICATE})
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(graph=("Application.ReadWrite.All",))

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: see `holder_facts` and `certificate_facts`."""
        answers = await read_all(tenant, holder_reads(target, MEMBER))
        return State({**holder_facts(answers), **certificate_facts(answers)})

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """The removal of every one that has to go; what stays is named."""
        facts = state.facts
        parts = _sorted(target, facts, params)
        listed = {*exposed_key_ids(target), *exposed_certificate_ids(target)} & {*parts.signing}
        if listed:
            return Skip(
                f"the listed certificate {', '.join(sorted(listed))} signs SAML tokens: roll it together with the "
                "services that trust it (sign_keys=true removes it without a new one)",
                done=False,
            )
        if reason := unsendable(certificates(facts, target), parts.certificates):
            return Skip(f"{reason}: remove them by hand, or with sign_keys=true", done=False)
        if not parts.secrets and not parts.certificates:
            what = "no client secret or certificate"
            return Skip(f"it has {what} that has to go" if params.remove is Remove.ALL else f"{what} of it is exposed")
        after = {**remaining(facts, parts.secrets), **certificate_ids_left(facts, parts.certificates)}
        return new_change(
            action=self.name,
            phase=self.phase,
            target=target,
            state=state,
            params=parameters_json(params),
            work={
                "removals": [removal.as_json() for removal in parts.secrets],
                "certificates": [removal.as_json() for removal in parts.certificates],
                "left": after if params.remove is Remove.ALL else {},
            },
            summary=_summary(parts),
            before={**remaining(facts, ()), **certificate_ids_left(facts, ())},
            after=after,
            preconditions=(
                *(removal.precondition for removal in parts.secrets),
                *(is_there(removal) for removal in parts.certificates),
            ),
            undo_class=self.undo_class,
            undo_note="removed credentials are not put back: whoever used them needs new ones",
            risk=self.risk,
            warnings=_warnings(parts, after),
        )

    async def apply(self, change: Change, run: Run) -> None:
        """One write for each secret, one for each object with certificates; then nothing else may be left."""
        check_holders(change, self.targets, await read_all(run.tenant, holder_reads(change.target)))
        going = _planned_certificates(change)
        for removal in planned_removals(change.work):
            await remove_secret(run, f"remove-{removal.key_id}", removal)
        for holder in holders(change.target):
            if drop := {removal.key_id for removal in going if removal.holder == holder}:
                await replace_keys(run, f"certificates-{holder.kind}", holder, drop=drop)
        await self._prove(change, run)

    async def _prove(self, change: Change, run: Run) -> None:
        """Read until nothing is left but what the plan leaves; raises for what somebody has added since the plan."""
        left = object_of(change.work.get("left") or {}, "left")
        gone = {one.key_id for one in (*planned_removals(change.work), *_planned_certificates(change))}
        deadline = run.clock.monotonic() + run.settings.reconcile.verify.total_seconds()
        while True:
            facts = (await self.observe(change.target, run.tenant)).facts
            there = {key for name in _listings(facts) for key in texts_at(facts, name)}
            expected = {key for name in left for key in texts_at(left, name)}
            if left and (added := there - gone - expected):
                raise ChangeFailed(
                    f"what was planned is removed, but {', '.join(sorted(added))} was added since the plan",
                    hint="somebody still has access: plan again, and find out who added it",
                )
            if not there & gone:
                break
            if run.clock.monotonic() >= deadline:
                return  # the reading that follows says what is still there
            await run.clock.sleep(run.settings.reconcile.poll.total_seconds())
        run.proof["credentials_left"] = len(there)

    def holds(self, change: Change, state: State) -> bool:
        """None of them is there."""
        there = {key for name in _listings(state.facts) for key in texts_at(state.facts, name)}
        return not there & {one.key_id for one in (*planned_removals(change.work), *_planned_certificates(change))}

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Never: secrets are not known, and nobody can tell which certificates an attacker has the key of."""
        return CannotUndo("removed credentials are not put back: an attacker may hold them")


def _sorted(target: Target, facts: JsonObject, params: Params) -> _Sorted:
    found = _Sorted()
    exposed = {*exposed_key_ids(target), *exposed_certificate_ids(target)}

    def sort(holder: Holder, one: JsonObject, into: list[Removal], *, signing: bool) -> None:
        key_id = text_at(one, "keyId")
        if signing and not params.sign_keys:
            found.signing.append(key_id)
        elif key_id in exposed or (params.remove is Remove.ALL and _old(one, params.older_than)):
            into.append(Removal(holder, key_id))
        elif params.remove is Remove.ALL:
            found.newer.append(key_id)

    present = key_ids(facts)
    for holder in holders(target):
        signing = texts_at(facts, f"{holder.kind}SigningSecretIds")
        for one in objects_at(facts, f"{holder.kind}Secrets"):
            if text_at(one, "keyId") in present[holder.kind]:
                sort(holder, one, found.secrets, signing=text_at(one, "keyId") in signing)
    for holder, one in certificates(facts, target):
        sort(holder, one, found.certificates, signing=signs(one))
    return found


def _old(credential: JsonObject, older_than: str) -> bool:
    """Whether it starts before the time; one without a start does."""
    start = text_at(credential, "startDateTime")
    return not older_than or not start or moment(start) < moment(since_of("", older_than))


def _listings(facts: JsonObject) -> list[str]:
    return [name for name in facts if name.endswith(("KeyIds", "CertificateIds"))]


def _planned_certificates(change: Change) -> list[Removal]:
    going = [Removal.from_json(item) for item in objects_at(change.work, "certificates")]
    own = holders(change.target)
    if any(removal.holder not in own for removal in going):
        raise not_planned("the plan names a certificate of another object than its target")
    return going


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"


def _summary(parts: _Sorted) -> str:
    secrets, keys = len(parts.secrets), len(parts.certificates)
    return f"remove {_counted(secrets, 'client secret')} and {_counted(keys, 'certificate')} without new ones"


def _warnings(parts: _Sorted, after: dict[str, Json]) -> tuple[str, ...]:
    found: Sequence[str] = [
        f"{_counted(len(parts.newer), 'newer credential')} stay: {', '.join(parts.newer)}" if parts.newer else "",
        (
            f"kept because it signs SAML tokens, or is such a certificate's password: {', '.join(parts.signing)}; "
            "whoever has its private key can still use it"
        )
        if parts.signing
        else "",
        "" if any(after.values()) else "it has no client secret and no certificate left then",
    ]
    return tuple(text for text in found if text)


ACTION: Action = RemoveAppCredentials()
