"""Who owns an application and who was given access to it: says nothing of use alone, but whom to ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from azremediate.core.errors import ObjectMissing, TenantError
from azremediate.core.json_value import JsonObject, objects_at, text_at
from azremediate.core.kept_applications import PROPERTIES, why_kept
from azremediate.core.ports import Read, TenantReader
from azremediate.core.target import Target
from azremediate.resolve import never_unused

_EACH: Final = 4
_FULL_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Structure:
    """What a closer look at one service principal found.

    exempt: why it must not count as unused. problem: why it could not be looked at. owners: names or addresses.
    """

    exempt: str = ""
    problem: str = ""
    evidence: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()


async def read_structures(tenant: TenantReader, targets: Sequence[Target]) -> Mapping[str, Structure]:
    """By appId in lower case, for targets that have a service principal here."""
    here = [target for target in targets if target.service_principal_id]
    answers = await tenant.batch([read for target in here for read in _reads(target.service_principal_id)])
    found = {}
    for index, target in enumerate(here):
        principal, jobs, owners, assigned = answers[index * _EACH : (index + 1) * _EACH]
        found[target.app_id.lower()] = _structure(principal, jobs, owners, assigned)
    return found


def _reads(principal_id: str) -> tuple[Read, ...]:
    path = f"/servicePrincipals/{principal_id}"
    return (
        Read(path, {"$select": PROPERTIES}),
        never_unused.provisioning(principal_id),
        Read(f"{path}/owners", {"$top": str(_FULL_PAGE)}),
        Read(f"{path}/appRoleAssignedTo", {"$top": str(_FULL_PAGE)}),
    )


def _structure(
    principal: JsonObject | TenantError,
    jobs: JsonObject | TenantError,
    owners: JsonObject | TenantError,
    assigned: JsonObject | TenantError,
) -> Structure:
    if isinstance(principal, TenantError):
        gone = isinstance(principal, ObjectMissing)
        return Structure(problem="it is not there any more" if gone else principal.message)
    provisions, gap = never_unused.of_jobs(jobs)
    gaps = [gap] if gap else []
    names = _rows(owners, "its owners", gaps)
    users = _rows(assigned, "who was given access to it", gaps)
    evidence = []
    known = tuple(filter(None, (_owner(row) for row in names or ())))
    if names is not None:
        evidence.append(f"owners: {', '.join(known)}" if known else "nobody owns it")
    if users is not None:
        more = " or more" if len(users) == _FULL_PAGE else ""
        evidence.append(f"{len(users)}{more} users, groups or applications were given access to it")
    exempt = why_kept(principal) or provisions
    return Structure(exempt, "", tuple(evidence), tuple(gaps), known)


def _rows(answer: JsonObject | TenantError, what: str, gaps: list[str]) -> list[JsonObject] | None:
    if isinstance(answer, TenantError):
        gaps.append(f"{what} could not be looked at: {answer.message}")
        return None
    return objects_at(answer, "value")


def _owner(row: JsonObject) -> str:
    return text_at(row, "mail") or text_at(row, "userPrincipalName") or text_at(row, "displayName")
