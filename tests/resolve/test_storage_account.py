"""Each row of kind storage-key ends with its account and the keys that it means, or with the reason why not."""

import pytest

from azremediate.core.credential import CompromisedCredential, CredentialKind
from azremediate.core.errors import FeatureMissing, ObjectMissing, PermissionMissing, SignInFailed
from azremediate.core.target import Resolved, TargetKind, Unresolvable, Unresolved
from azremediate.resolve.storage_account import resolve_storage_keys
from tests.actions.storage_stage import ACCOUNT, a_storage_tenant


def _row(line: int, key_id: str = "", identity: str = ACCOUNT) -> CompromisedCredential:
    return CompromisedCredential(CredentialKind.STORAGE_KEY, identity, key_id, lines=(line,))


async def test_keys() -> None:
    """A named key means that key; without a name both are exposed, and the plan's reader is told."""
    tenant, _ = a_storage_tenant()
    found = await resolve_storage_keys(tenant, [_row(1, "key2"), _row(2, identity=ACCOUNT.upper())])
    one, both = (item for item in found if isinstance(item, Resolved))
    assert [item.key_id for item in one.target.exposed] == ["key2"]
    assert [item.key_id for item in both.target.exposed] == ["key1", "key2"]
    assert (one.target.kind, one.target.id) == (TargetKind.STORAGE_ACCOUNT, ACCOUNT)
    assert both.target.id == ACCOUNT
    assert (one.note, "both count" in both.note) == ("", True)


async def test_each_account_is_looked_up_once() -> None:
    """However many rows name it."""
    tenant, azure = a_storage_tenant()
    asked: list[str] = []
    get = azure.get

    async def counted(path: str, api_version: str) -> object:
        asked.append(path)
        return await get(path, api_version)

    azure.get = counted  # type: ignore[assignment,method-assign]  # counts
    assert len(await resolve_storage_keys(tenant, [_row(line) for line in range(1, 6)])) == 5
    assert asked == [ACCOUNT]


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (ObjectMissing("gone", status=404), Unresolvable.NOT_FOUND),
        (PermissionMissing("no role", status=403), Unresolvable.NOT_LOOKED),
        (FeatureMissing("no such service"), Unresolvable.NOT_LOOKED),
    ],
    ids=["gone", "no role", "no service"],
)
async def test_unresolved(error: Exception, why: Unresolvable) -> None:
    """A place that may not be read is not a place without an account, and other rows go on."""
    tenant, azure = a_storage_tenant()

    async def refused(path: str, api_version: str) -> object:
        raise error

    azure.get = refused  # type: ignore[assignment,method-assign]  # Azure refuses
    (found,) = await resolve_storage_keys(tenant, [_row(1)])
    assert isinstance(found, Unresolved)
    assert found.why is why


async def test_another_answer() -> None:
    """What Azure says of another account is not believed."""
    tenant, azure = a_storage_tenant()
    azure.answers_id = ACCOUNT.replace("payroll", "archive")
    (found,) = await resolve_storage_keys(tenant, [_row(1)])
    assert isinstance(found, Unresolved)


async def test_without_a_token() -> None:
    """A sign-in that fails is no matter of one row."""
    tenant, azure = a_storage_tenant()

    async def refused(path: str, api_version: str) -> object:
        raise SignInFailed("refused")

    azure.get = refused  # type: ignore[assignment,method-assign]  # the sign-in service refuses
    with pytest.raises(SignInFailed):
        await resolve_storage_keys(tenant, [_row(1)])
