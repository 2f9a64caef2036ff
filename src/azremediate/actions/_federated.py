"""Federated identity credentials of an application: reading them, how old they are, which are allowed."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from azremediate.actions._added_since import Age, Trail, read_trail
from azremediate.actions._reading import is_guid, object_path
from azremediate.actions._target_check import not_planned
from azremediate.core.errors import InputInvalid
from azremediate.core.json_value import Json, JsonObject, objects_at, text_at, texts_at
from azremediate.core.ports import Read, TenantReader
from azremediate.core.target import Target

_COLLECTION = "federatedIdentityCredentials"
_BODY = ("name", "issuer", "subject", "description")


class Others(StrEnum):
    """Which federated credentials go that no row lists and `keep` does not allow."""

    NONE = "none"
    ADDED_AFTER = "added-after"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class AllowList:
    """Pairs of an issuer and a subject that may stay; `*` in a subject stands for any text."""

    patterns: tuple[str, ...]

    def __post_init__(self) -> None:
        """Raise `InputInvalid` for a pattern that is no pair."""
        for pattern in self.patterns:
            issuer, _, subject = pattern.partition("|")
            if not issuer.strip() or not subject.strip() or "*" in issuer:
                raise InputInvalid(
                    f"keep: {pattern!r} is no pair issuer|subject (only the subject may have a *)",
                    hint="write for example https://token.actions.githubusercontent.com|repo:contoso/app:*",
                )

    def allows(self, credential: JsonObject) -> bool:
        """Whether the credential's pair is on the list; one that shows no subject never is."""
        subject = text_at(credential, "subject")
        return bool(subject) and any(
            text_at(credential, "issuer") == issuer and _fits(wanted, subject)
            for issuer, _, wanted in (pattern.partition("|") for pattern in self.patterns)
        )


def _fits(pattern: str, subject: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), subject, re.DOTALL) is not None


def credentials_path(application_id: str) -> str:
    """The path of an application's collection."""
    return f"{object_path('applications', application_id)}/{_COLLECTION}"


def credential_path(application_id: str, credential_id: str) -> str:
    """The path of one of them; refuses an id that is no GUID, so that no plan can name another path."""
    if not is_guid(credential_id):
        raise not_planned("the plan names a federated credential by something that is no id")
    return f"{credentials_path(application_id)}/{credential_id}"


async def read_credentials(tenant: TenantReader, application_id: str) -> list[JsonObject]:
    """All of them, in the order of their ids."""
    found = [row async for page in tenant.pages(Read(credentials_path(application_id))) for row in page]
    return sorted((_shown(row) for row in found), key=lambda row: str(row["id"]))


def _shown(row: JsonObject) -> JsonObject:
    shown: dict[str, Json] = {name: text_at(row, name) for name in ("id", *_BODY)}
    return {**shown, "audiences": texts_at(row, "audiences")}


async def credential_facts(target: Target, tenant: TenantReader) -> dict[str, Json]:
    """Facts: the credentials, each with its age, their ids, and what a reviewer has to know of the ages.

    The audit log is asked only when there is a credential that no row lists: it has a small quota.
    """
    found = await read_credentials(tenant, target.application_id or target.id)
    listed = {one.key_id for one in target.exposed}
    trail = Trail("")
    if any(row["id"] not in listed for row in found):
        trail = await read_trail(tenant, [target.application_id or target.id], target.exposed_since)
    aged: list[JsonObject] = [{**row, "age": _age(row, trail).value} for row in found]
    return {
        "federatedCredentials": aged,
        "federatedCredentialIds": [row["id"] for row in found],
        "ageGap": trail.gap,
    }


def _age(credential: JsonObject, trail: Trail) -> Age:
    """When it was added; unknown too when the log names it since, for then it may have been changed."""
    needles = (text_at(credential, "id"), json.dumps(text_at(credential, "name")))
    age = trail.age_of(*needles)
    if age is Age.BEFORE and any(_names(event, needles) for event in trail.events):
        return Age.UNKNOWN
    return age


def _names(event: JsonObject, needles: Iterable[str]) -> bool:
    changes = [
        one for target in objects_at(event, "targetResources") for one in objects_at(target, "modifiedProperties")
    ]
    values = [text_at(change, "newValue").casefold() for change in changes]
    return any(needle.casefold() in value for needle in needles for value in values)


def pair(credential: JsonObject) -> tuple[str, str]:
    """What it trusts: issuer and subject."""
    return text_at(credential, "issuer"), text_at(credential, "subject")


def body_of(credential: JsonObject) -> JsonObject:
    """The body that makes the same one again, with a new id."""
    body: dict[str, Json] = {name: text_at(credential, name) for name in _BODY if text_at(credential, name)}
    return {**body, "audiences": texts_at(credential, "audiences")}


def shown_as(credential: JsonObject) -> str:
    """It in a sentence."""
    subject = text_at(credential, "subject") or "a subject that is not shown"
    return f"{text_at(credential, 'name')!r} ({text_at(credential, 'issuer')}, {subject})"


def present_pairs(credentials: Sequence[JsonObject]) -> set[tuple[str, str]]:
    """What an application trusts."""
    return {pair(one) for one in credentials}
