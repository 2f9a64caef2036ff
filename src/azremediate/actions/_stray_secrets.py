"""New secrets of a change whose value nobody has: what is left of attempts that were lost."""

from azremediate.actions._secrets import Holder, Removal, read_secrets
from azremediate.actions._vault_name import staging_name
from azremediate.core.change import Change
from azremediate.core.errors import OutcomeUnresolved, TenantError
from azremediate.core.json_value import text_at
from azremediate.core.run import Run

ATTEMPTS = 3
"""New secrets that one change adds at most, each in place of one whose value was lost."""


async def stray_secrets(change: Change, run: Run, holder: Holder, final: str, *, spare_stored: bool) -> list[Removal]:
    """The secrets on `holder` that carry the change's tag and are not in use.

    What the journal holds as issued is in use. spare_stored: so is what lies in the vault, as `final` or beside it, for
    another host that applies the same plan has the same tag; without it, what a run stored whose journal was lost goes
    as well. Raises `OutcomeUnresolved` when the vault cannot say so.
    """
    own = f"{change.tag}-"
    listed = await read_secrets(run, holder)
    tagged = {text_at(one, "keyId") for one in listed if text_at(one, "displayName").startswith(own)}
    tagged -= await _issued(run)
    if tagged and spare_stored:
        tagged -= await _stored(change, run, final)
    return [Removal(holder, key_id) for key_id in sorted(tagged)]


async def _issued(run: Run) -> set[str]:
    found = [await run.effect_of(f"add-{attempt}") for attempt in range(1, ATTEMPTS + 1)]
    return {text_at(facts, "keyId") for facts in found if facts is not None}


async def _stored(change: Change, run: Run, final: str) -> set[str]:
    try:
        names = (final, staging_name(change, final))
        versions = [version for name in names for version in await run.tenant.secrets.versions(name)]
    except TenantError as error:
        raise OutcomeUnresolved(
            "a secret with the tag of this change is not in its journal, and whether it lies in the vault could not be "
            f"read: {error.message}",
            hint="run `azremediate resume`, or apply the same plan again",
        ) from error
    tags = [version.tags for version in versions if version.tags.get("azr-change") == change.change_id]
    return {one.get("azr-keyid", "") for one in tags}
