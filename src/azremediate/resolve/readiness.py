"""Who could sign in if a policy asked for more: what people registered, and what report-only policies saw."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from azremediate.core.errors import FeatureMissing, ObjectMissing, PermissionMissing, SignInFailed, TenantError
from azremediate.core.json_value import JsonObject, flag_at, text_at, texts_at
from azremediate.core.permission import Needs, Reader
from azremediate.core.ports import Read, TenantReader
from azremediate.core.privilege import Measured, Person, Readiness
from azremediate.resolve import lookup
from azremediate.resolve.report_only import measured

READER = Reader(
    "readiness",
    "reads which methods privileged people registered, and what report-only policies would have done to sign-ins",
    Needs(graph=("AuditLog.Read.All", "Policy.Read.All"), licence="Microsoft Entra ID P1"),
)
_REPORT = "/reports/authenticationMethods/userRegistrationDetails"
_RESISTANT = ("fido2", "passkey", "windowshelloforbusiness", "x509certificate")
"""How the report's names of phishing-resistant methods begin, in lower case."""
_MISSING = "the registration report does not have this person"


class SignInReadiness:
    """The readiness of one tenant's people; read once for the same people."""

    def __init__(self, tenant: TenantReader, now: datetime) -> None:
        self._tenant = tenant
        self._now = now
        self._known: dict[tuple[Person, ...], Readiness] = {}

    async def of(self, people: Sequence[Person]) -> Readiness:
        """The same people with what they registered, and what report-only policies saw; raises `PermissionMissing`."""
        asked = tuple(people)
        if asked not in self._known:
            registered = await self._registered(asked)
            seen: tuple[Measured, ...] = await measured(self._tenant, asked, self._now)
            self._known[asked] = Readiness(registered, seen)
        return self._known[asked]

    async def _registered(self, people: Sequence[Person]) -> tuple[Person, ...]:
        """Administrators come in one list; people with Azure roles only have to be asked for one by one."""
        if not people:
            return ()
        select = "id,isMfaCapable,methodsRegistered"
        listed = Read(_REPORT, {"$filter": "isAdmin eq true", "$select": select})
        try:
            rows = await lookup.every(self._tenant, listed)
        except (PermissionMissing, SignInFailed):
            raise
        except (TenantError, FeatureMissing) as error:
            return tuple(replace(person, gap=f"the registration report: {error.message}") for person in people)
        known = {text_at(row, "id").lower(): row for row in rows}
        rest = [person.id for person in people if person.id not in known]
        single = [Read(f"{_REPORT}/{one}", {"$select": select}) for one in rest]
        answers = await self._tenant.batch(single) if single else ()
        looked: Mapping[str, JsonObject | TenantError] = {**known, **dict(zip(rest, answers, strict=True))}
        return tuple(_with_methods(person, looked[person.id]) for person in people)


def _with_methods(person: Person, row: JsonObject | TenantError) -> Person:
    if isinstance(row, ObjectMissing):
        return replace(person, gap=_MISSING)
    if isinstance(row, TenantError):
        return replace(person, gap=f"the registration report: {row.message}")
    methods = [method.lower() for method in texts_at(row, "methodsRegistered")]
    resistant = any(method.startswith(_RESISTANT) for method in methods)
    return replace(person, resistant=resistant, multifactor=resistant or flag_at(row, "isMfaCapable") is True)
