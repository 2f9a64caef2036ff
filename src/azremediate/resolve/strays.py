"""Client secrets that carry azremediate's tag: what runs made, here or elsewhere, and what a lost answer left."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from azremediate.core.concurrency import at_once
from azremediate.core.errors import PermissionMissing, SignInFailed, TenantError
from azremediate.core.json_value import JsonObject, objects_at, text_at
from azremediate.core.permission import Needs, Reader
from azremediate.core.ports import Read, TenantReader
from azremediate.core.target import Target, TargetKind
from azremediate.resolve import lookup

READER = Reader(
    "strays",
    "finds secrets that carry azremediate's tag, to compare them with the journal",
    Needs(graph=("Application.Read.All",)),
)
_TAG = re.compile(r"azr-[0-9a-f]{8}-[0-9]{1,3}")
_FIELDS = "id,displayName,passwordCredentials"
_COLLECTIONS = {
    TargetKind.APPLICATION: lookup.APPLICATIONS,
    TargetKind.SERVICE_PRINCIPAL: lookup.SERVICE_PRINCIPALS,
}


@dataclass(frozen=True, slots=True)
class TaggedSecret:
    """One live secret with our tag: on which object, under which key id, since when (None when that is not told)."""

    holder_id: str
    holder_name: str
    key_id: str
    tag: str
    started: datetime | None


async def tagged_secrets(tenant: TenantReader) -> list[TaggedSecret]:
    """All of the tenant's applications and service principals; raises rather than give a part."""
    query = {"$select": _FIELDS, "$top": "999"}
    found = await at_once(lookup.every(tenant, Read(path, query)) for path in _COLLECTIONS.values())
    return [secret for rows in found for row in rows for secret in _tagged(row)]


async def tagged_on(tenant: TenantReader, targets: Sequence[Target]) -> list[TaggedSecret]:
    """Those on the applications and service principals of these targets; what cannot be read has none.

    Raises `PermissionMissing` and `SignInFailed`.
    """
    places = {
        f"{_COLLECTIONS[kind]}/{holder}"
        for target in targets
        for kind, holder in (
            (TargetKind.APPLICATION, target.application_id),
            (TargetKind.SERVICE_PRINCIPAL, target.service_principal_id),
        )
        if lookup.form_of(holder) is lookup.Form.ID
    }
    answers = await tenant.batch([Read(place, {"$select": _FIELDS}) for place in sorted(places)])
    for answer in answers:
        if isinstance(answer, PermissionMissing | SignInFailed):
            raise answer
    return [secret for answer in answers if not isinstance(answer, TenantError) for secret in _tagged(answer)]


def _tagged(row: JsonObject) -> list[TaggedSecret]:
    return [
        TaggedSecret(
            text_at(row, "id"),
            text_at(row, "displayName"),
            text_at(secret, "keyId"),
            text_at(secret, "displayName"),
            _moment(text_at(secret, "startDateTime")),
        )
        for secret in objects_at(row, "passwordCredentials")
        if _TAG.fullmatch(text_at(secret, "displayName"))
    ]


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
