"""Looks up many identities of a credential list at once, in as few round trips as the rows allow."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from azremediate.core.errors import PermissionMissing, SignInFailed, TenantError
from azremediate.core.json_value import JsonObject, objects_at, text_at
from azremediate.core.ports import TenantReader
from azremediate.core.target import TargetKind
from azremediate.resolve import lookup
from azremediate.resolve.inventory import COUNTED, population
from azremediate.resolve.lookup import Form, Looking, form_of, key_of
from azremediate.resolve.whole_collection import look_through, pages_cost_less, worth_counting


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

    def add(self, looking: Looking, rows: Iterable[JsonObject]) -> None:
        """Keep what was found."""
        if looking.path == lookup.USERS:
            self.users += rows
        else:
            halves = self.applications if looking.path == lookup.APPLICATIONS else self.principals
            halves |= {text_at(row, "appId").lower(): row for row in rows}


class Search:
    """Looks up identities; a failure to look is kept with the identity, a missing permission is raised."""

    def __init__(self, tenant: TenantReader) -> None:
        self._tenant = tenant
        self._counts: Mapping[TargetKind, int] | None = None

    async def applications(self, identities: Iterable[str], certificates: Iterable[str] = ()) -> dict[str, Found]:
        """What stands behind identities of applications, by their `key_of`.

        certificates: identities of which the certificates are wanted as well.
        """
        found, wanted = {}, []
        keyed = set(_distinct(certificates))
        for key, name in _distinct(identities).items():
            found[key] = Found()
            if len(name) <= lookup.LONGEST_NAME:
                halves = (lookup.applications, lookup.service_principals)
                wanted += [(found[key], half(name, certificates=key in keyed)) for half in halves]
        await self._look(wanted)
        # An object found by its own id or by its name leads to its other half only through the appId.
        others = ((one, _other_half(one, certificates=key in keyed)) for key, one in found.items())
        await self._look([(one, other) for one, other in others if other])
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

    async def _look(self, wanted: Sequence[tuple[Found, Looking]]) -> None:
        single: list[tuple[Found, Looking]] = []
        for path in sorted({looking.path for _, looking in wanted}):
            here = [one for one in wanted if one[1].path == path]
            lookings = [looking for _, looking in here]
            objects = await self._objects(path) if worth_counting(lookings) else None
            if objects is not None and pages_cost_less(lookings, objects):
                await self._look_through(here)
            else:
                single += here
        await self._ask(single)

    async def _objects(self, path: str) -> int | None:
        """How many objects a collection has; None when that is not known."""
        if self._counts is None:
            self._counts = await population(self._tenant)
        return next((self._counts.get(kind) for kind, counted in COUNTED.items() if counted == path), None)

    async def _look_through(self, wanted: Sequence[tuple[Found, Looking]]) -> None:
        try:
            rows = await look_through(self._tenant, [looking for _, looking in wanted])
        except (PermissionMissing, SignInFailed):
            raise
        except TenantError as error:
            for found, _ in wanted:
                found.problem = error.message
            return
        for (found, looking), objects in zip(wanted, rows, strict=True):
            found.add(looking, objects)

    async def _ask(self, wanted: Sequence[tuple[Found, Looking]]) -> None:
        if not wanted:
            return
        answers = await self._tenant.batch([looking.read for _, looking in wanted])
        for (found, looking), answer in zip(wanted, answers, strict=True):
            if isinstance(answer, PermissionMissing | SignInFailed):
                raise answer
            if isinstance(answer, TenantError):
                found.problem = answer.message
            else:
                found.add(looking, objects_at(answer, "value"))


def _distinct(identities: Iterable[str]) -> dict[str, str]:
    return {key_of(identity): identity.strip() for identity in identities}


def _other_half(found: Found, *, certificates: bool) -> Looking | None:
    app_ids = found.app_ids
    if found.problem or len(app_ids) != 1:
        return None
    if app_ids[0] not in found.principals:
        return lookup.service_principals(app_ids[0], certificates=certificates)
    if app_ids[0] in found.applications:
        return None
    return lookup.applications(app_ids[0], certificates=certificates)
