"""Replaces exposed certificates of an application by a new one, whose private key lies in the vault first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from azremediate.actions._certificate_rotation import CertificateRotation, certificate_name
from azremediate.actions._certificates import (
    MEMBER,
    certificate_facts,
    certificate_ids_left,
    certificates,
    exposed_certificate_ids,
    is_there,
    signs,
    unsendable,
)
from azremediate.actions._reading import read_all
from azremediate.actions._secret_rules import policy_reads, secret_rules
from azremediate.actions._secrets import (
    Removal,
    Remove,
    check_holders,
    holder_facts,
    holder_reads,
    holders,
    unprovable_by_sign_in,
)
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass, new_change
from azremediate.core.credential import CredentialKind
from azremediate.core.json_value import Json, JsonObject, objects_at, text_at, texts_at
from azremediate.core.observed import State
from azremediate.core.parameters import parameters_json
from azremediate.core.permission import Needs
from azremediate.core.ports import KeyForm, TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of `rotate_app_certificate`."""

    remove: Remove = field(
        default=Remove.EXPOSED, metadata={"help": "which old certificates are removed: exposed (those listed) or all"}
    )
    overlap: timedelta = field(
        default=timedelta(), metadata={"help": "how long old and new certificate both work, as ISO 8601 duration"}
    )
    lifetime: timedelta = field(
        default=timedelta(days=180), metadata={"help": "how long the new one is valid; a policy may shorten it"}
    )
    form: KeyForm = field(
        default=KeyForm.PEM, metadata={"help": "how key and certificate lie in the vault: pem or pkcs12 (base64)"}
    )
    always: bool = field(
        default=False, metadata={"help": "add one also where none is replaced, to move from secrets to certificates"}
    )


class RotateAppCertificate:
    """Stores a new key pair, registers and proves its certificate, then removes the exposed ones."""

    name: ClassVar = "rotate_app_certificate"
    summary: ClassVar = "replace exposed certificates by a new one, stored in the vault and proven by signing in"
    phase: ClassVar = Phase.ROTATE
    undo_class: ClassVar = UndoClass.IRREVERSIBLE
    risk: ClassVar = Risk.HIGH
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.APPLICATION, TargetKind.SERVICE_PRINCIPAL)
    takes: ClassVar = frozenset(kind for kind in CredentialKind if kind.of_application)
    closes: ClassVar = frozenset({CredentialKind.CERTIFICATE})
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(
        graph=("Application.ReadWrite.All", "Policy.Read.All"),
        azure_roles=("Key Vault Secrets Officer (the vault of secrets.vault_url)",),
    )

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: see `holder_facts` and `certificate_facts`; also what policies allow and what lies in the vault."""
        holder = holders(target)[0]
        answers = await read_all(tenant, holder_reads(target, MEMBER) | policy_reads(holder))
        own = holder_facts(answers)
        rules = secret_rules(answers, holder, text_at(own, "createdDateTime"), MEMBER)
        facts: dict[str, Json] = {
            name: own[name] for name in ("accountEnabled", "applicationDisabled", "createdDateTime")
        }
        facts |= certificate_facts(answers)
        facts |= {
            "newCertificateForbidden": rules.forbidden,
            "longestCertificateSeconds": None if rules.longest is None else int(rules.longest.total_seconds()),
            "policiesNotRead": rules.not_read,
        }
        return State(facts | await _store_facts(target, tenant))

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """One new certificate in place of all that have to go."""
        facts = state.facts
        exposed = exposed_certificate_ids(target)
        present = certificates(facts, target)
        going = [
            Removal(holder, text_at(one, "keyId"))
            for holder, one in present
            if not signs(one) and (params.remove is Remove.ALL or text_at(one, "keyId") in exposed)
        ]
        replaced = sorted({*exposed, *_replaceable(facts, params)})
        if skip := _skip(target, facts, params, replaced):
            return skip
        holder = holders(target)[0]
        if reason := unsendable(present, going, holder):
            return Skip(reason, done=False)
        stored_as = text_at(facts, "vaultCertificate")
        count = len(replaced)
        return new_change(
            action=self.name,
            phase=self.phase,
            target=target,
            state=state,
            params=parameters_json(params),
            work={
                "holder": holder.kind.value,
                "holder_id": holder.id,
                "app_id": target.app_id,
                "replaces": replaced,
                "certificates": [removal.as_json() for removal in going],
                "longest_seconds": facts["longestCertificateSeconds"],
            },
            summary=(
                f"replace {count} certificate{'s' if count != 1 else ''} by a new one, stored as {stored_as}"
                if count
                else f"add a certificate, stored as {stored_as}"
            ),
            before=certificate_ids_left(facts, ()),
            after={**certificate_ids_left(facts, going), "newCertificate": f"in the vault as {stored_as}"},
            preconditions=tuple(is_there(removal) for removal in going),
            undo_class=self.undo_class,
            undo_note="an exposed certificate is not put back; the new one stays valid",
            risk=self.risk,
            warnings=_warnings(facts, present, going, params),
        )

    async def apply(self, change: Change, run: Run) -> None:
        """See `CertificateRotation`."""
        answers = await read_all(run.tenant, holder_reads(change.target))
        check_holders(change, self.targets, answers)
        await CertificateRotation(change, run).perform(unprovable_by_sign_in(holder_facts(answers)))

    async def sweep(self, change: Change, run: Run) -> None:
        """Take away again what a late write of the list brought back, or registered after it had been given up."""
        await CertificateRotation(change, run).sweep()

    def holds(self, change: Change, state: State) -> bool:
        """Exactly one certificate of this change is there and lies in the vault, and none of the replaced ones is."""
        facts = state.facts
        listed = [*objects_at(facts, "applicationCertificates"), *objects_at(facts, "servicePrincipalCertificates")]
        there = {text_at(one, "keyId") for one in listed}
        new = [text_at(one, "keyId") for one in listed if text_at(one, "displayName").startswith(f"{change.tag}-")]
        going = {text_at(one, "key_id") for one in objects_at(change.work, "certificates")}
        gone = {*texts_at(change.work, "replaces"), *going}
        return len(new) == 1 and new[0] in texts_at(facts, "storedCertificateIds") and not gone & there

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Never: whoever has the exposed private key could sign in again."""
        return CannotUndo("an exposed certificate is not put back: its private key is in other hands")


async def _store_facts(target: Target, tenant: TenantReader) -> dict[str, Json]:
    store = tenant.secrets
    if not store.vault_url:
        return {"vault": "", "vaultCertificate": "", "storedCertificateIds": []}
    name = certificate_name(store.name_for(target.app_id))
    stored = {version.tags.get("azr-keyid", "") for version in await store.versions(name) if version.enabled}
    return {"vault": store.vault_url, "vaultCertificate": name, "storedCertificateIds": sorted(stored - {""})}


def _replaceable(facts: JsonObject, params: Params) -> list[str]:
    """With `all`, every certificate that it has now, also one that an earlier step of the plan removes; else none."""
    if params.remove is not Remove.ALL:
        return []
    listed = [*objects_at(facts, "applicationCertificates"), *objects_at(facts, "servicePrincipalCertificates")]
    return [text_at(one, "keyId") for one in listed if not signs(one)]


def _skip(target: Target, facts: JsonObject, params: Params, replaced: Sequence[str]) -> Skip | None:
    listed = [*objects_at(facts, "applicationCertificates"), *objects_at(facts, "servicePrincipalCertificates")]
    signing = [text_at(one, "keyId") for one in listed if signs(one) and text_at(one, "keyId") in replaced]
    if signing:
        reason = (
            f"the listed certificate {', '.join(signing)} signs SAML tokens: roll it with the services that trust it"
        )
        return Skip(reason, done=False)
    if not replaced and not params.always:
        if params.remove is Remove.ALL:
            return Skip("it has no certificate")
        return Skip("no live certificate of it is exposed (remove=all replaces every one, always=true adds one)")
    if not target.app_id:
        return Skip("it has no application id", done=False)
    if facts["newCertificateForbidden"]:
        return Skip(
            "the tenant's app management policy takes only certificates of its trusted authorities: have one issued",
            done=False,
        )
    if not facts["vault"]:
        return Skip("there is nowhere to store a new private key: set secrets.vault_url", done=False)
    return None


def _warnings(
    facts: JsonObject, present: Sequence[tuple[object, JsonObject]], going: Sequence[Removal], params: Params
) -> tuple[str, ...]:
    found = []
    if reason := unprovable_by_sign_in(facts):
        found.append(f"{reason}: the new certificate is proven by reading it back, not by signing in")
    if not params.overlap and going:
        found.append("no overlap: what does not read the vault stops working when the old certificate goes")
    longest = facts["longestCertificateSeconds"]
    if isinstance(longest, int) and longest < params.lifetime.total_seconds():
        found.append(f"an app management policy shortens its life to {longest // 86400} days")
    if kept := len(present) - len(going):
        found.append(f"{kept} other certificate{'s' if kept != 1 else ''} of it stay{'' if kept != 1 else 's'}")
    if problem := text_at(facts, "policiesNotRead"):
        found.append(f"whether app management policies allow a new certificate could not be read: {problem}")
    return tuple(found)


ACTION: Action = RotateAppCertificate()
