"""Looks up many identities of a credential list at once, in as few round trips as the rows allow."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from azremediate.core.errors import PermissionMissing, SignInFailed, TenantError
from azremediate.core.json_value import JsonObject, objects_at, text_at
from azremediate.core.ports import Read, TenantReader
from azremediate.resolve import lookup
from azremediate.resolve.lookup import Form, form_of, key_of


@dataclass(slots=True)
class Found:
    """What the directory has for one identity; `problem` is what went wrong with looking.

    applications and principals are by appId in lower case: both halves of one application have the same.
    """

    applications: dict[str, JsonObject] = field(default_factory=dict)
    principals: dict[str, JsonObject] = field(default_factory=dict)
    users: list[JsonObject] = field(default_factory=list)
    problem: str = ""

    @property
    def app_ids(self) -> list[str]:
        """Every appId that the identity may mean."""
        return sorted({*self.applications, *self.principals})

    def add(self, read: Read, answer: JsonObject | TenantError) -> None:
        """Keep what one read gave."""
        if isinstance(answer, TenantError):
            self.problem = answer.message
            return
        rows = objects_at(answer, "value")
        if read.path == lookup.USERS:
            self.users += rows
        else:
            halves = self.applications if read.path == lookup.APPLICATIONS else self.principals
            halves |= {text_at(row, "appId").lower(): row for row in rows}


class Search:
    """Looks up identities; a failure to look is kept with the identity, a missing permission is raised."""

    def __init__(self, tenant: TenantReader) -> None:
        self._tenant = tenant

    async def applications(self, identities: Iterable[str]) -> dict[str, Found]:
        """What stands behind identities of applications, by their `key_of`."""
        found, reads = {}, []
        for key, name in _distinct(identities).items():
            found[key] = Found()
            if len(name) <= lookup.LONGEST_NAME:
                reads += [(found[key], lookup.applications(name)), (found[key], lookup.service_principals(name))]
        await self._look(reads)
        # An object found by its own id or by its name leads to its other half only through the appId.
        await self._look([(one, read) for one in found.values() if (read := _other_half(one))])
        return found

    async def users(self, identities: Iterable[str]) -> dict[str, Found]:
        """What stands behind identities of users, by their `key_of`."""
        wanted = _distinct(identities)
        found = {key: Found() for key in wanted}
        await self._look(
            [(found[key], lookup.users(name)) for key, name in wanted.items() if len(name) <= lookup.LONGEST_NAME]
        )
        return found

    async def elsewhere(self, applications: Mapping[str, Found], users: Mapping[str, Found]) -> None:
        """Look for lost identities among the other kind of object: then the row is wrong, not the tenant."""
        reads = [
            (one, lookup.users(key))
            for key, one in applications.items()
            if not one.problem and not one.app_ids and form_of(key) is not Form.NAME
        ]
        reads += [
            (one, lookup.service_principals(key))
            for key, one in users.items()
            if not one.problem and not one.users and form_of(key) is Form.ID
        ]
        await self._look(reads)

    async def _look(self, wanted: Sequence[tuple[Found, Read]]) -> None:
        if not wanted:
            return
        answers = await self._tenant.batch([read for _, read in wanted])
        for (found, read), answer in zip(wanted, answers, strict=True):
            if isinstance(answer, PermissionMissing | SignInFailed):
                raise answer
            found.add(read, answer)


def _distinct(identities: Iterable[str]) -> dict[str, str]:
    return {key_of(identity): identity.strip() for identity in identities}


def _other_half(found: Found) -> Read | None:
    app_ids = found.app_ids
    if found.problem or len(app_ids) != 1:
        return None
    if app_ids[0] not in found.principals:
        return lookup.service_principals(app_ids[0])
    return None if app_ids[0] in found.applications else lookup.applications(app_ids[0])
