"""Which storage account stands behind a resource id of the list, and which of its keys are exposed."""

from collections.abc import Sequence

from azremediate.core.concurrency import at_once
from azremediate.core.credential import CompromisedCredential, CredentialKind
from azremediate.core.errors import FeatureMissing, ObjectMissing, SignInFailed, TenantError
from azremediate.core.json_value import JsonObject, text_at
from azremediate.core.permission import Needs, Reader
from azremediate.core.ports import TenantReader
from azremediate.core.storage_account import API_VERSION, KEY_NAMES, StorageAccountId
from azremediate.core.target import ExposedCredential, Resolved, Target, TargetKind, Unresolvable, Unresolved

READER = Reader(
    "storage-account",
    "finds the storage account behind a row of kind storage-key",
    Needs(azure_roles=("Reader (the storage accounts that a list names)",)),
)
_FORM = (
    "it is not the resource id of a storage account: write /subscriptions/ID/resourceGroups/NAME/providers/"
    "Microsoft.Storage/storageAccounts/NAME"
)


async def resolve_storage_keys(
    tenant: TenantReader, credentials: Sequence[CompromisedCredential]
) -> list[Resolved | Unresolved]:
    """One result for each row, in order; each account is looked up once."""
    wanted = {found: None for one in credentials if (found := StorageAccountId.parse(one.identity)) is not None}
    looked = await at_once(_look(tenant, account) for account in wanted)
    answers = dict(zip(wanted, looked, strict=True))
    results: list[Resolved | Unresolved] = []
    for credential in credentials:
        account = StorageAccountId.parse(credential.identity)
        if account is None:
            results.append(Unresolved(credential, Unresolvable.NOT_FOUND, _FORM))
        else:
            results.append(_result(tenant, credential, account, answers[account]))
    return results


async def _look(tenant: TenantReader, account: StorageAccountId) -> JsonObject | TenantError:
    try:
        return await tenant.azure.get(str(account), API_VERSION)
    except SignInFailed:
        raise
    except TenantError as error:
        return error
    except FeatureMissing as error:
        return TenantError(error.message)


def _result(
    tenant: TenantReader, credential: CompromisedCredential, account: StorageAccountId, answer: JsonObject | TenantError
) -> Resolved | Unresolved:
    if isinstance(answer, ObjectMissing):
        return Unresolved(credential, Unresolvable.NOT_FOUND, "there is no such storage account (any more)")
    if isinstance(answer, TenantError):
        return Unresolved(credential, Unresolvable.NOT_LOOKED, f"could not look: {answer.message}")
    if StorageAccountId.parse(text_at(answer, "id")) != account:
        return Unresolved(credential, Unresolvable.NOT_LOOKED, "Azure answered with another resource")
    listed = credential.key_id in KEY_NAMES
    names = (credential.key_id,) if listed else KEY_NAMES
    reason = "key_id names it" if listed else "the row names no key, so both count as exposed"
    exposed = tuple(
        ExposedCredential(CredentialKind.STORAGE_KEY, TargetKind.STORAGE_ACCOUNT, str(account), name, "", "", reason)
        for name in names
    )
    target = Target(tenant.tenant_id, TargetKind.STORAGE_ACCOUNT, str(account), account.name, exposed=exposed)
    return Resolved(credential, target, "" if listed else reason)
