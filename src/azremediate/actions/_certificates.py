"""Certificates on an application and on its service principal: reading them and replacing their list.

Graph changes keyCredentials only as a whole list, of which it makes no condition: the list is read just before it is
written, sent back with every key of those that stay, and read again. Source:
https://learn.microsoft.com/graph/api/application-update
"""

import base64
import binascii
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha1

from azremediate.actions._secrets import Holder, Removal, holder_answer, holders
from azremediate.core.credential import CredentialKind
from azremediate.core.errors import ChangeFailed, RequestRefused, TenantError
from azremediate.core.json_value import Json, JsonObject, flag_at, objects_at, text_at, texts_at
from azremediate.core.observed import Comparison, Precondition
from azremediate.core.ports import Read
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind
from azremediate.core.write import Body, Write

MEMBER = "keyCredentials"
_KINDS = (TargetKind.APPLICATION, TargetKind.SERVICE_PRINCIPAL)
_FIELDS = ("keyId", "displayName", "usage", "type", "startDateTime", "endDateTime")
_SIGN = "Sign"


def certificate_facts(answers: Mapping[str, JsonObject | TenantError]) -> dict[str, Json]:
    """Facts about the certificates, from answers to `holder_reads` with `MEMBER`; raises as `holder_facts` does.

    `signs` says that a certificate signs SAML tokens, or is the public half of one that does; `...SigningSecretIds` are
    the secrets that hold such a certificate's password.
    """
    facts: dict[str, Json] = {}
    for kind in _KINDS:
        holder = holder_answer(answers, kind) or {}
        keys = objects_at(holder, MEMBER)
        signing = {_thumbprint(key) for key in keys if text_at(key, "usage") == _SIGN} - {""}
        facts[f"{kind}CertificateIds"] = sorted(text_at(key, "keyId") for key in keys)
        facts[f"{kind}Certificates"] = [
            _shown(key, signing) for key in sorted(keys, key=lambda key: text_at(key, "keyId"))
        ]
        facts[f"{kind}SigningSecretIds"] = sorted(
            text_at(secret, "keyId")
            for secret in objects_at(holder, "passwordCredentials")
            if _identifier(secret) in signing
        )
    return facts


def _shown(key: JsonObject, signing: Collection[str]) -> JsonObject:
    own: dict[str, Json] = {name: text_at(key, name) for name in _FIELDS}
    der = _decoded(text_at(key, "key"))
    # Whoever adds a certificate chooses its identifier: only the key itself shows that it belongs to a signing one.
    twin = bool(der) and sha1(der, usedforsecurity=False).hexdigest() in signing
    signs = text_at(key, "usage") == _SIGN or twin
    return {**own, "thumbprint": _thumbprint(key), "readable": bool(der), "signs": signs}


def _thumbprint(key: JsonObject) -> str:
    """SHA-1 of the certificate in lower-case hexadecimal, computed where the key is there."""
    der = _decoded(text_at(key, "key"))
    return sha1(der, usedforsecurity=False).hexdigest() if der else _identifier(key)


def _identifier(credential: JsonObject) -> str:
    """customKeyIdentifier, which Graph shows as hexadecimal or as base64, in lower-case hexadecimal."""
    text = text_at(credential, "customKeyIdentifier")
    plain = text.lower()
    return plain if len(plain) == 40 and not set(plain) - set("0123456789abcdef") else _decoded(text).hex()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def certificates(facts: JsonObject, target: Target) -> list[tuple[Holder, JsonObject]]:
    """Each certificate with its holder, without those that an earlier step of the plan removes."""
    return [
        (holder, one)
        for holder in holders(target)
        for one in objects_at(facts, f"{holder.kind}Certificates")
        if text_at(one, "keyId") in texts_at(facts, f"{holder.kind}CertificateIds")
    ]


def certificate_ids_left(facts: JsonObject, going: Iterable[Removal]) -> dict[str, Json]:
    """The facts that list key ids of certificates, as they will be."""
    gone = {(removal.holder.kind, removal.key_id) for removal in going}
    return {
        f"{kind}CertificateIds": [key for key in texts_at(facts, f"{kind}CertificateIds") if (kind, key) not in gone]
        for kind in _KINDS
    }


def exposed_certificate_ids(target: Target) -> list[str]:
    """The key ids of the exposed certificates, sorted."""
    return sorted({one.key_id for one in target.exposed if one.kind is CredentialKind.CERTIFICATE})


def is_there(removal: Removal) -> Precondition:
    """That the certificate is still there."""
    return Precondition(f"/{removal.holder.kind}CertificateIds", Comparison.CONTAINS, removal.key_id)


def signs(certificate: JsonObject) -> bool:
    """Whether it is one that signs SAML tokens."""
    return flag_at(certificate, "signs") is True


def unsendable(
    found: Sequence[tuple[Holder, JsonObject]], going: Collection[Removal], new_on: Holder | None = None
) -> str:
    """Why a list cannot be written: it has to keep a certificate that Graph does not show whole; empty when it can."""
    written = {removal.holder for removal in going} | ({new_on} if new_on else set())
    for holder, one in found:
        kept = holder in written and Removal(holder, text_at(one, "keyId")) not in going
        if kept and flag_at(one, "readable") is not True:
            return (
                f"the certificates of the {holder.kind} cannot be replaced: Graph does not show the key of "
                f"{text_at(one, 'keyId')}, which has to stay"
            )
    return ""


async def read_keys(run: Run, holder: Holder) -> list[JsonObject]:
    """A fresh reading of one holder's keyCredentials, with their keys: Graph shows those only when selected."""
    return objects_at(await run.tenant.get(Read(holder.path, {"$select": f"id,{MEMBER}"})), MEMBER)


async def replace_keys(
    run: Run, step: str, holder: Holder, *, drop: Collection[str] = (), add: JsonObject | None = None
) -> None:
    """Write the list without some and with one more, keeping what is there now; read it back.

    Raises `ChangeFailed` when somebody else's change of the same list got lost or undid this one.
    """
    new_id = text_at(add or {}, "keyId")
    kept: set[str] = set()

    async def renew() -> Body:
        staying = [key for key in await read_keys(run, holder) if text_at(key, "keyId") not in {*drop, new_id}]
        if any(not text_at(key, "key") for key in staying):
            raise RequestRefused("the list holds a certificate whose key Graph does not show; nothing was written")
        kept.clear()
        kept.update(text_at(key, "keyId") for key in staying)
        return {MEMBER: [*staying, *([add] if add else [])]}

    async def written() -> JsonObject | None:
        there = {text_at(key, "keyId") for key in await read_keys(run, holder)}
        return None if there & {*drop} or (new_id and new_id not in there) else {"keyIds": sorted(there)}

    await run.write(Write(step, "PATCH", holder.path, object_id=holder.id), written, renew=renew)
    deadline = run.clock.monotonic() + run.settings.reconcile.verify.total_seconds()
    while (seen := await written()) is None or (lost := kept - {*texts_at(seen, "keyIds")}):
        if run.clock.monotonic() >= deadline:
            what = f"the certificate {sorted(lost)[0]} is lost" if seen else "it does not read back"
            raise ChangeFailed(
                f"the list of certificates was written, but {what}: somebody changed it at the same time",
                hint="look at the object's certificates, then plan again",
            )
        await run.clock.sleep(run.settings.reconcile.poll.total_seconds())
