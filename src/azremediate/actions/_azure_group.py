"""The group of azremediate's that holds whoever has a privileged Azure role, so that a policy can be for them."""

from collections.abc import Sequence

from azremediate.actions._reading import is_guid, object_path
from azremediate.actions._reference import reference_to
from azremediate.actions._target_check import not_planned
from azremediate.core.change import Change
from azremediate.core.errors import ChangeFailed
from azremediate.core.json_value import Json, JsonObject, flag_at, object_of, objects_at, text_at, texts_at
from azremediate.core.ports import Read, TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target
from azremediate.core.write import Write

NICKNAME = "azremediate-azure-administrators"
"""By which the group is found; names of groups are not unique in a directory, so more than one is refused."""

_SELECT = "id,displayName,mailNickname,securityEnabled,groupTypes,membershipRule,onPremisesSyncEnabled"


def azure_people(target: Target) -> list[str]:
    """The ids of the people who belong into the group, sorted."""
    return sorted(person.id.lower() for person in target.readiness.people if person.azure)


async def observe_group(tenant: TenantReader) -> dict[str, Json]:
    """Facts: group (its id, empty when there is none), members (ids), and wrong (why it cannot be used)."""
    read = Read("/groups", {"$filter": f"mailNickname eq '{NICKNAME}'", "$select": _SELECT})
    found = objects_at(await tenant.get(read), "value")
    if not found:
        return {"group": "", "members": [], "wrong": ""}
    group = text_at(found[0], "id")
    path = object_path("groups", group)
    owners = await _ids(tenant, f"{path}/owners")
    wrong = _wrong(found, owners)
    return {"group": group, "members": await _ids(tenant, f"{path}/members"), "wrong": wrong}


def missing_members(facts: JsonObject, people: Sequence[str]) -> list[str]:
    """Who belongs into the group and is not in it."""
    members = set(texts_at(facts, "members"))
    return [one for one in people if one not in members]


async def ensure_group(change: Change, run: Run, people: Sequence[str]) -> None:
    """Make the group if there is none, and add who is missing; raises `ChangeFailed` when it cannot be used."""
    if not all(is_guid(one) for one in people):
        raise not_planned("it names somebody by something that is no object id")
    facts = await observe_group(run.tenant)
    group = text_at(facts, "group") or await _create(change, run)
    facts = await observe_group(run.tenant)
    if wrong := text_at(facts, "wrong"):
        raise not_planned(wrong)
    for person in missing_members(facts, people):
        await _add(run, group, person)


async def _create(change: Change, run: Run) -> str:
    async def created() -> JsonObject | None:
        found = text_at(await observe_group(run.tenant), "group")
        return {"id": found} if found else None

    body: JsonObject = {
        "displayName": "azremediate: Azure administrators",
        "description": f"{change.tag}: holders of privileged Azure roles, for Conditional Access. No owners, please.",
        "mailEnabled": False,
        "mailNickname": NICKNAME,
        "securityEnabled": True,
    }
    receipt = await run.write(Write("group", "POST", "/groups", body, expects=("id",)), created)
    group = text_at(receipt.facts, "id")
    patience = run.settings.reconcile
    deadline = run.clock.monotonic() + patience.verify.total_seconds()
    while text_at(await observe_group(run.tenant), "group") != group:
        if run.clock.monotonic() >= deadline:
            raise ChangeFailed(f"the new group {group} could not be read back; nothing else was made")
        await run.clock.sleep(patience.poll.total_seconds())
    return group


async def _add(run: Run, group: str, person: str) -> None:
    async def added() -> JsonObject | None:
        members = texts_at(await observe_group(run.tenant), "members")
        return {"member": person} if person in members else None

    path = f"{object_path('groups', group)}/members/$ref"
    await run.write(
        Write(f"member-{person}", "POST", path, reference_to(run.tenant.cloud, person), object_id=group), added
    )


async def _ids(tenant: TenantReader, path: str) -> list[str]:
    return sorted(
        [text_at(row, "id").lower() async for page in tenant.pages(Read(path, {"$select": "id"})) for row in page]
    )


def _wrong(found: Sequence[JsonObject], owners: Sequence[str]) -> str:
    """Why people in such a group could slip out of it, or get into it, without azremediate; empty when they cannot."""
    group = object_of(found[0], "a group")
    if len(found) > 1:
        return f"{len(found)} groups are called {NICKNAME}; delete those that are not azremediate's"
    if owners:
        return f"the group {NICKNAME} has owners ({', '.join(owners)}), who can take people out of it; remove them"
    dynamic = text_at(group, "membershipRule") or "DynamicMembership" in texts_at(group, "groupTypes")
    if flag_at(group, "securityEnabled") is not True or dynamic or flag_at(group, "onPremisesSyncEnabled"):
        return f"the group {NICKNAME} is not a security group with assigned members; delete it"
    return ""
