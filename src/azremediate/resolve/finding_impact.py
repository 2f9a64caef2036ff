"""What the objects behind found credentials can reach, and whether the credentials are valid and in use."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from azremediate.core.errors import FeatureMissing, SignInFailed, TenantError
from azremediate.core.finding import Link, LinkState
from azremediate.core.finding_impact import FindingImpact, Rank
from azremediate.core.json_value import JsonObject, objects_at, text_at
from azremediate.core.linked_credential import CERTIFICATE_KINDS, LinkedCredential
from azremediate.core.permission import Needs, Reader
from azremediate.core.ports import Read, TenantReader
from azremediate.core.privilege import Hold, Privilege
from azremediate.core.risky_permissions import is_risky_app_role
from azremediate.resolve import lookup
from azremediate.resolve.credential_match import parse_time
from azremediate.resolve.privilege import find_privileged
from azremediate.resolve.usage_report import UsageReport, read_report

READER = Reader(
    "finding-impact",
    "ranks credentials found in mail by what their objects can reach",
    Needs(graph=("Application.Read.All", "RoleManagement.Read.Directory", "AuditLog.Read.All")),
)
_TAKES_OVER = (
    "RoleManagement.ReadWrite.Directory",
    "AppRoleAssignment.ReadWrite.All",
    "Application.ReadWrite.All",
    "Directory.ReadWrite.All",
    "UserAuthenticationMethod.ReadWrite.All",
    "PrivilegedAccess.ReadWrite.AzureAD",
)
"""Application permissions that lead to every other one, by Microsoft's own warnings."""

_MEMBERS = "id,appId,passwordCredentials"
_MOST = 6
_NOT_KNOWN = "not known"


class ImpactReader:
    """Reads roles, permissions and use of many objects at once; what cannot be read is `not known`, with a reason."""

    def __init__(self, tenant: TenantReader, now: datetime) -> None:
        self._tenant = tenant
        self._now = now
        self._roles: dict[str, list[Privilege]] = defaultdict(list)
        self._gap = ""
        self._permissions: dict[str, list[str]] = {}
        self._principals: dict[str, str] = {}
        self._ends: dict[str, str] = {}
        self._usage = UsageReport(problem="was not asked for")

    async def impacts(self, linked: Sequence[LinkedCredential]) -> list[FindingImpact]:
        """One for each credential, in order."""
        of_applications = [(one, link) for one in linked for link in one.links if link.object_kind == "application"]
        app_ids = sorted({link.identity for _, link in of_applications})
        if app_ids:
            await self._read_applications(
                app_ids, {link.identity for one, link in of_applications if one.found.best.kind in CERTIFICATE_KINDS}
            )
            self._usage = await read_report(self._tenant, self._now)
        if app_ids or any(link.object_kind == "user" for one in linked for link in one.links):
            await self._read_roles()
        return [self._impact(one) for one in linked]

    async def _read_roles(self) -> None:
        try:
            found = await find_privileged(self._tenant, self._tenant.azure.subscriptions)
        except SignInFailed:
            raise
        except (TenantError, FeatureMissing) as error:
            self._gap = f"roles could not be read: {error.message}"
            return
        self._gap = "; ".join(found.gaps[:2])
        for entry in found.roster:
            self._roles[entry.principal_id].append(entry)

    async def _read_applications(self, app_ids: Sequence[str], with_certificates: Collection[str]) -> None:
        reads = [
            Read(
                path,
                {
                    "$filter": f"appId eq {lookup.quoted(app_id)}",
                    # see `lookup.Looking`: few reads of certificates are answered
                    "$select": f"{_MEMBERS},{lookup.CERTIFICATES}" if app_id in with_certificates else _MEMBERS,
                },
            )
            for app_id in app_ids
            for path in (lookup.APPLICATIONS, lookup.SERVICE_PRINCIPALS)
        ]
        for read, answer in zip(reads, await self._tenant.batch(reads), strict=True):
            for row in [] if isinstance(answer, TenantError) else objects_at(answer, "value"):
                if read.path == lookup.SERVICE_PRINCIPALS:
                    self._principals[text_at(row, "appId").lower()] = text_at(row, "id").lower()
                for credential in (*objects_at(row, "passwordCredentials"), *objects_at(row, "keyCredentials")):
                    self._ends[text_at(credential, "keyId")] = text_at(credential, "endDateTime")
        await self._read_permissions()

    async def _read_permissions(self) -> None:
        principals = sorted(self._principals.values())
        reads = [Read(f"/servicePrincipals/{principal}/appRoleAssignments") for principal in principals]
        granted: dict[str, list[JsonObject]] = {}
        for principal, answer in zip(principals, await self._tenant.batch(reads), strict=True):
            granted[principal] = [] if isinstance(answer, TenantError) else objects_at(answer, "value")
        resources = sorted({text_at(row, "resourceId") for rows in granted.values() for row in rows} - {""})
        reads = [Read(f"/servicePrincipals/{one}", {"$select": "id,appRoles"}) for one in resources]
        names: dict[str, str] = {}
        for answer in await self._tenant.batch(reads):
            for role in [] if isinstance(answer, TenantError) else objects_at(answer, "appRoles"):
                names[text_at(role, "id").lower()] = text_at(role, "value")
        for principal, rows in granted.items():
            found = [names.get(text_at(row, "appRoleId").lower(), "") for row in rows]
            self._permissions[principal] = sorted({name for name in found if name and is_risky_app_role(name)})

    def _impact(self, one: LinkedCredential) -> FindingImpact:
        link = one.best
        if link.state is LinkState.NONE:
            return FindingImpact(Rank.NONE, _NOT_KNOWN, _NOT_KNOWN, (link.reason,))
        if link.object_kind == "application":
            return self._of_application(one, link)
        if link.object_kind == "user":
            rank, reasons = self._reach(link.identity.lower(), ())
            return FindingImpact(min(rank, Rank.MEDIUM), _NOT_KNOWN, _NOT_KNOWN, reasons)
        if link.object_kind == "storageAccount":
            return FindingImpact(Rank.HIGH, _NOT_KNOWN, _NOT_KNOWN, ("all data of the storage account",))
        return FindingImpact(Rank.MEDIUM, _NOT_KNOWN, _NOT_KNOWN, (link.reason,))

    def _of_application(self, one: LinkedCredential, link: Link) -> FindingImpact:
        principal = self._principals.get(link.identity, "")
        rank, reasons = self._reach(principal, self._permissions.get(principal, ()))
        ends = [parse_time(self._ends[key]) for key in link.key_ids if key in self._ends]
        live = [end for end in ends if end is None or end > self._now]
        valid = _NOT_KNOWN if not link.key_ids else "yes" if live else "no, expired"
        if valid == "no, expired":
            rank = Rank.LOW
        return FindingImpact(rank, valid, self._used(one, link), reasons)

    def _used(self, one: LinkedCredential, link: Link) -> str:
        if self._usage.problem:
            return f"{_NOT_KNOWN}: {self._usage.problem}"
        last = self._usage.credentials.get(link.identity)
        since = parse_time(one.found.first)
        if last is None:
            return "no sign-in on record"
        if since is None:
            return f"last on {last:%Y-%m-%d}"
        return f"yes, last on {last:%Y-%m-%d}" if last >= since else f"no, last on {last:%Y-%m-%d}"

    def _reach(self, principal: str, permissions: Iterable[str]) -> tuple[Rank, tuple[str, ...]]:
        names = list(permissions)
        rank = Rank.CRITICAL if set(names) & set(_TAKES_OVER) else Rank.HIGH if names else Rank.LOW
        reasons = [f"permission {name}" for name in names[:_MOST]]
        for entry in self._roles.get(principal, ())[:_MOST]:
            held = "eligible for" if entry.hold is Hold.ELIGIBLE else "holds"
            reasons.append(f"{held} {entry.role}")
            rank = Rank.CRITICAL
        if self._gap:
            reasons.append(self._gap)
        return rank, tuple(reasons) or ("no privileged role or permission was found",)
