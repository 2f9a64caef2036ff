"""Replaces exposed client secrets of an application by one new secret that is stored and proven first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar

from azremediate.actions._reading import read_all
from azremediate.actions._rotation import Rotation
from azremediate.actions._secret_rules import policy_reads, secret_rules
from azremediate.actions._secrets import (
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
    removals,
    unprovable_by_sign_in,
)
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass, new_change
from azremediate.core.credential import CredentialKind
from azremediate.core.json_value import Json, JsonObject, objects_at, text_at, texts_at
from azremediate.core.observed import State
from azremediate.core.parameters import parameters_json
from azremediate.core.permission import Needs
from azremediate.core.ports import TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind


class Order(StrEnum):
    """Which comes first: the new secret, or the end of the exposed ones."""

    ADD_FIRST = "add-first"
    EVICT_FIRST = "evict-first"


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of `rotate_app_secret`."""

    remove: Remove = field(
        default=Remove.EXPOSED, metadata={"help": "which old secrets are removed: exposed (those listed) or all"}
    )
    overlap: timedelta = field(
        default=timedelta(), metadata={"help": "how long old and new secret both work, as ISO 8601 duration"}
    )
    order: Order = field(
        default=Order.ADD_FIRST,
        metadata={"help": "add-first, or evict-first: the exposed ones go before the new one is there; needs approval"},
    )


class RotateAppSecret:
    """Adds a secret, stores it in the vault, signs in with what the vault gives back, then removes the exposed ones."""

    name: ClassVar = "rotate_app_secret"
    summary: ClassVar = "replace exposed client secrets by a new one, stored in the vault and proven by signing in"
    phase: ClassVar = Phase.ROTATE
    undo_class: ClassVar = UndoClass.IRREVERSIBLE
    risk: ClassVar = Risk.HIGH
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.APPLICATION, TargetKind.SERVICE_PRINCIPAL)
    takes: ClassVar = frozenset(kind for kind in CredentialKind if kind.of_application)
    closes: ClassVar = frozenset({CredentialKind.CLIENT_SECRET})
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(
        graph=("Application.ReadWrite.All", "Policy.Read.All"),
        azure_roles=("Key Vault Secrets Officer (the vault of secrets.vault_url)",),
    )

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: see `holder_facts`; also what policies allow, where the secret goes and which versions lie there."""
        reads = holder_reads(target)
        holder = holders(target)[0]
        reads |= policy_reads(holder)
        answers = await read_all(tenant, reads)
        facts = holder_facts(answers)
        rules = secret_rules(answers, holder, text_at(facts, "createdDateTime"))
        facts |= {
            "newSecretForbidden": rules.forbidden,
            "longestSecretSeconds": None if rules.longest is None else int(rules.longest.total_seconds()),
            "policiesNotRead": rules.not_read,
        }
        facts |= await _store_facts(target, tenant, _has_ours(facts))
        return State(facts)

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """One new secret in place of all that have to go."""
        facts = state.facts
        going = removals(target, facts, params.remove)
        replaced = sorted({*exposed_key_ids(target), *_replaceable(facts, params)})
        if skip := _skip(target, facts, params, replaced):
            return skip
        holder = holders(target)[0]
        work: JsonObject = {
            "holder": holder.kind.value,
            "holder_id": holder.id,
            "app_id": target.app_id,
            "replaces": replaced,
            "removals": [removal.as_json() for removal in going],
            "longest_seconds": facts["longestSecretSeconds"],
        }
        stored_as = text_at(facts, "vaultSecret")
        count = len(replaced)
        return new_change(
            action=self.name,
            phase=self.phase,
            target=target,
            state=state,
            params=parameters_json(params),
            work=work,
            summary=f"replace {count} client secret{'s' if count != 1 else ''} by a new one, stored as {stored_as}",
            before={**remaining(facts, ())},
            after={**remaining(facts, going), "newSecret": f"in the vault as {stored_as}"},
            preconditions=tuple(removal.precondition for removal in going),
            undo_class=self.undo_class,
            undo_note="a removed secret cannot be put back; the new one stays valid",
            risk=self.risk,
            warnings=_warnings(facts, going, params),
        )

    async def apply(self, change: Change, run: Run) -> None:
        """See `Rotation`."""
        answers = await read_all(run.tenant, holder_reads(change.target))
        check_holders(change, self.targets, answers)
        await Rotation(change, run).perform(unprovable_by_sign_in(holder_facts(answers)))

    async def sweep(self, change: Change, run: Run) -> None:
        """Remove a secret of this change that came into being after reading had said that it had not."""
        await Rotation(change, run).sweep()

    def holds(self, change: Change, state: State) -> bool:
        """Exactly one secret of this change is there and lies in the vault, and none of the replaced ones is."""
        facts = state.facts
        secrets = [*objects_at(facts, "applicationSecrets"), *objects_at(facts, "servicePrincipalSecrets")]
        new = [text_at(one, "keyId") for one in secrets if text_at(one, "displayName").startswith(f"{change.tag}-")]
        gone = {*texts_at(change.work, "replaces"), *(removal.key_id for removal in planned_removals(change.work))}
        there = {text_at(one, "keyId") for one in secrets}
        return len(new) == 1 and new[0] in texts_at(facts, "storedKeyIds") and not gone & there

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Never: the old value is unknown, and exposed."""
        return CannotUndo("an exposed secret is not put back; its value is not known to azremediate")


def _has_ours(facts: JsonObject) -> bool:
    secrets = [*objects_at(facts, "applicationSecrets"), *objects_at(facts, "servicePrincipalSecrets")]
    return any(text_at(one, "displayName").startswith("azr-") for one in secrets)


async def _store_facts(target: Target, tenant: TenantReader, ours: bool) -> dict[str, Json]:
    """Where a new secret goes; which key ids lie there matters only where a secret of azremediate's is live."""
    store = tenant.secrets
    if not store.vault_url:
        return {"vault": "", "vaultSecret": "", "storedKeyIds": []}
    name = store.name_for(target.app_id)
    versions = await store.versions(name) if ours else ()
    stored = {version.tags.get("azr-keyid", "") for version in versions if version.enabled}
    return {"vault": store.vault_url, "vaultSecret": name, "storedKeyIds": sorted(stored - {""})}


def _replaceable(facts: JsonObject, params: Params) -> list[str]:
    """With `all`, every secret that it has now, also one that an earlier step of the plan removes; else none."""
    if params.remove is not Remove.ALL:
        return []
    return [text_at(one, "keyId") for kind in key_ids(facts) for one in objects_at(facts, f"{kind}Secrets")]


def _skip(target: Target, facts: JsonObject, params: Params, replaced: Sequence[str]) -> Skip | None:
    if not replaced:
        if params.remove is Remove.ALL:
            return Skip("it has no client secret")
        return Skip("no live client secret of it is exposed (remove=all replaces every secret it has)")
    if not target.app_id:
        return Skip("it has no application id", done=False)
    if params.overlap and params.order is Order.EVICT_FIRST:
        return Skip("with order=evict-first there is no overlap: leave overlap out", done=False)
    if facts["newSecretForbidden"]:
        return Skip("the tenant's app management policy forbids new secrets; use certificates", done=False)
    if not facts["vault"]:
        return Skip("there is nowhere to store a new secret: set secrets.vault_url", done=False)
    return None


def _warnings(facts: JsonObject, going: Sequence[Removal], params: Params) -> tuple[str, ...]:
    found = []
    if reason := unprovable_by_sign_in(facts):
        found.append(f"{reason}: the new secret is proven by reading it back, not by signing in")
    if params.order is Order.EVICT_FIRST:
        found.append("the exposed secrets go first: the application cannot sign in until it reads the new one")
    elif not params.overlap and going:
        found.append("no overlap: what does not read the vault stops working when the old secret goes")
    kept = sum(len(keys) for keys in key_ids(facts).values()) - len(going)
    if kept:
        found.append(f"{kept} other client secret{'s' if kept != 1 else ''} of it stay{'' if kept != 1 else 's'}")
    if problem := text_at(facts, "policiesNotRead"):
        found.append(f"whether app management policies allow a new secret could not be read: {problem}")
    return tuple(found)


ACTION: Action = RotateAppSecret()
