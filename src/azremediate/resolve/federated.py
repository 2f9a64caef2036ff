"""Reads the federated identity credentials of applications, which no list of applications shows."""

from collections.abc import Mapping, Sequence

from azremediate.core.credential import CompromisedCredential, CredentialKind
from azremediate.core.errors import PermissionMissing, SignInFailed, TenantError
from azremediate.core.json_value import JsonObject, objects_at, text_at
from azremediate.core.ports import Read, TenantReader
from azremediate.resolve.lookup import APPLICATIONS, key_of
from azremediate.resolve.search import Found

MEMBER = "federatedIdentityCredentials"
"""Where `add_federated_credentials` puts them on an application."""


async def add_federated_credentials(
    tenant: TenantReader, credentials: Sequence[CompromisedCredential], found: Mapping[str, Found]
) -> None:
    """Put them on each application that a row with a federated credential means.

    An application has at most 20, so that one page holds them all. Source:
    https://learn.microsoft.com/graph/api/application-list-federatedidentitycredentials
    Raises `PermissionMissing` and `SignInFailed`; any other failure becomes the identity's problem.
    """
    keys = {key_of(one.identity) for one in credentials if one.kind is CredentialKind.FEDERATED_CREDENTIAL}
    wanted = [one for key, one in found.items() if key in keys and not one.problem and len(one.applications) == 1]
    reads = [Read(f"{APPLICATIONS}/{text_at(_only(one), 'id')}/{MEMBER}") for one in wanted]
    answers = await tenant.batch(reads) if reads else ()
    for one, answer in zip(wanted, answers, strict=True):
        if isinstance(answer, PermissionMissing | SignInFailed):
            raise answer
        if isinstance(answer, TenantError):
            one.problem = answer.message
            continue
        app_id, row = next(iter(one.applications.items()))
        one.applications[app_id] = {**row, MEMBER: objects_at(answer, "value")}


def _only(found: Found) -> JsonObject:
    return next(iter(found.applications.values()))
