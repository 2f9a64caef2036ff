"""Which live credentials of an application a row of the credential list means."""

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha1, sha256

from azremediate.core.credential import CompromisedCredential, CredentialKind
from azremediate.core.json_value import JsonObject, objects_at, text_at
from azremediate.core.target import ExposedCredential, TargetKind
from azremediate.resolve.federated import MEMBER

_HEX_THUMBPRINT = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})")
_COLLECTIONS = {
    CredentialKind.CLIENT_SECRET: ("passwordCredentials", "client secret"),
    CredentialKind.CERTIFICATE: ("keyCredentials", "certificate"),
    CredentialKind.FEDERATED_CREDENTIAL: (MEMBER, "federated credential"),
}


@dataclass(frozen=True, slots=True)
class Holder:
    """An application or service principal as Graph shows it, with its credentials."""

    kind: TargetKind
    object: JsonObject


@dataclass(frozen=True, slots=True)
class Match:
    """The live credentials that a row means, and a note for people when that is less or more than the row says."""

    exposed: tuple[ExposedCredential, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Held:
    """One credential on one object."""

    holder: Holder
    credential: JsonObject

    @property
    def key_id(self) -> str:
        """A federated credential has an id in its place."""
        return text_at(self.credential, "keyId") or text_at(self.credential, "id")

    @property
    def names(self) -> set[str]:
        """What a row may call it by: its id, and a federated credential's name, which is unique on its application."""
        found = {self.key_id, text_at(self.credential, "name")}
        return {name.casefold() for name in found if name}

    @property
    def hint(self) -> str:
        return text_at(self.credential, "hint")

    @property
    def end(self) -> str:
        return text_at(self.credential, "endDateTime")

    def live(self, now: datetime) -> bool:
        ends = parse_time(self.end)
        return ends is None or ends > now

    def exposed(self, kind: CredentialKind, reason: str) -> ExposedCredential:
        holder_id = text_at(self.holder.object, "id")
        return ExposedCredential(kind, self.holder.kind, holder_id, self.key_id, self.hint, self.end, reason)


def parse_time(text: str) -> datetime | None:
    """A time from Graph; None for nothing and for what is no time (a credential with an odd end counts as live)."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def match_credential(credential: CompromisedCredential, holders: Sequence[Holder], now: datetime) -> Match:
    """The live credentials on these objects that the row means; kinds of users match none."""
    if credential.kind not in _COLLECTIONS:
        return Match()
    member, noun = _COLLECTIONS[credential.kind]
    held = [_Held(holder, item) for holder in holders for item in objects_at(holder.object, member)]
    if credential.kind is CredentialKind.CERTIFICATE:
        thumbprint = _thumbprint_of_row(credential)
        if thumbprint:
            return _by_identifier(
                credential, held, now, lambda one: thumbprint in thumbprints(one.credential), f"{noun} thumbprint"
            )
    if credential.key_id:
        wanted = credential.key_id.casefold()
        what = "id or name" if credential.kind is CredentialKind.FEDERATED_CREDENTIAL else "key id"
        return _by_identifier(credential, held, now, lambda one: wanted in one.names, what)
    live = [one for one in held if one.live(now)]
    if not live:
        expired = f"; {len(held)} expired" if held else ""
        return Match(note=f"it has no live {noun}{expired}")
    if credential.hint and credential.kind is CredentialKind.CLIENT_SECRET:
        return _by_hint(credential, live)
    named = {
        CredentialKind.CLIENT_SECRET: "neither key id nor first characters",
        CredentialKind.CERTIFICATE: "neither key id nor thumbprint",
        CredentialKind.FEDERATED_CREDENTIAL: "neither id nor name",
    }[credential.kind]
    return _all_of(credential.kind, live, f"the list names {named}, so all {len(live)} live")


def _by_identifier(
    credential: CompromisedCredential,
    held: Sequence[_Held],
    now: datetime,
    is_meant: Callable[[_Held], bool],
    what: str,
) -> Match:
    meant = [one for one in held if is_meant(one)]
    live = [one for one in meant if one.live(now)]
    if live:
        return Match(tuple(one.exposed(credential.kind, f"its {what} is listed") for one in live))
    if meant:
        return Match(note=f"the credential with this {what} expired on {meant[0].end[:10]}")
    return Match(note=f"this {what} is not (or no longer) on the application or its service principal")


def _by_hint(credential: CompromisedCredential, live: Sequence[_Held]) -> Match:
    fitting = [one for one in live if one.hint and one.hint.startswith(credential.hint[:3])]
    if len(fitting) == 1:
        return Match((fitting[0].exposed(credential.kind, "the only live secret with the listed first characters"),))
    if fitting:
        said = f"{len(fitting)} live secrets have the listed first characters, so all {len(live)} live"
        return _all_of(credential.kind, live, said)
    unhinted = [one for one in live if not one.hint]
    if unhinted:
        said = (
            f"no live secret is known to have the listed first characters, so all {len(unhinted)} without recorded ones"
        )
        return _all_of(credential.kind, unhinted, said)
    return Match(note=f"none of its {len(live)} live secrets has the listed first characters")


def _all_of(kind: CredentialKind, live: Sequence[_Held], said: str) -> Match:
    noun = _COLLECTIONS[kind][1]
    reason = f"{said} {noun}s are meant"
    return Match(tuple(one.exposed(kind, reason) for one in live), reason if len(live) > 1 else "")


def _thumbprint_of_row(credential: CompromisedCredential) -> str:
    """The thumbprint that a row names in key_id or hint, in lower-case hexadecimal; empty when it names none."""
    for text in (credential.key_id, credential.hint):
        found = _thumbprint(text)
        if found:
            return found
    return ""


def _thumbprint(text: str) -> str:
    """A thumbprint in hexadecimal (colons and spaces allowed) or base64 as lower-case hexadecimal, or empty."""
    plain = re.sub(r"[:\s]", "", text).lower()
    if _HEX_THUMBPRINT.fullmatch(plain):
        return plain
    decoded = _base64(text)
    if len(decoded) in (20, 32):
        return decoded.hex()
    inner = decoded.decode("ascii", "replace").lower()  # some clients store the hexadecimal text itself as bytes
    return inner if _HEX_THUMBPRINT.fullmatch(inner) else ""


def thumbprints(certificate: JsonObject) -> set[str]:
    """Every thumbprint by which a key credential is known."""
    found = {_thumbprint(text_at(certificate, "customKeyIdentifier"))}
    der = _base64(text_at(certificate, "key"))
    if der:
        found |= {sha1(der, usedforsecurity=False).hexdigest(), sha256(der).hexdigest()}
    return found - {""}


def _base64(text: str) -> bytes:
    padded = text.strip().replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""
