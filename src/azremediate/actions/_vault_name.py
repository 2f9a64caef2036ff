"""The name in the vault under which a rotation stores its new secret, looked up before that secret is added."""

from collections.abc import Awaitable, Callable

from azremediate.core.change import Change
from azremediate.core.errors import ChangeFailed, OutcomeUnresolved, TenantError
from azremediate.core.run import Run

_LONGEST_NAME = 127
"""Of a secret in Azure Key Vault."""


async def usable_name(change: Change, run: Run, final: str, exposed_now: Callable[[], Awaitable[str]]) -> str:
    """A name that takes a new secret, while none was added yet.

    After a crash one may be there already: then neither a deleted name nor a vault that cannot be read may end the
    change, because its secret would stay for ever. exposed_now: says what is left of the exposed secrets. Raises
    `ChangeFailed` for a deleted name, `OutcomeUnresolved` for a change that has to stay open.
    """
    begun = await run.begun("add-1")
    try:
        name = await _first_name(change, run, final)
        usable = begun or not await run.tenant.secrets.deleted(name)
    except TenantError as error:
        if not begun:
            raise
        raise OutcomeUnresolved(
            f"a new secret was added before, and the vault could not be read ({error.message}); {await exposed_now()}",
            hint="run `azremediate resume`, or apply the same plan again",
        ) from error
    if usable:
        return name
    raise ChangeFailed(
        f"the vault holds a deleted secret {name}, so a new one could not be stored; {await exposed_now()}",
        hint="recover or purge it in the vault (az keyvault secret recover or purge), then apply again",
    )


async def _first_name(change: Change, run: Run, final: str) -> str:
    """Where an unproven secret goes: consumers read the latest version, so never on top of one that works."""
    versions = await run.tenant.secrets.versions(final)
    if all(version.tags.get("azr-change") == change.change_id for version in versions):
        return final
    return staging_name(change, final)


def staging_name(change: Change, final: str) -> str:
    """The name beside the final one under which a change keeps what is not proven yet."""
    suffix = f"--{change.tag}"
    return final[: _LONGEST_NAME - len(suffix)] + suffix
