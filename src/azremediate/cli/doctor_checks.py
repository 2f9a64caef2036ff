"""The checks of `azremediate doctor`: what works, what is missing, and how to get it."""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from azremediate.cli.session import Session
from azremediate.core.break_glass import named_group, shortage, usable_accounts
from azremediate.core.config import Config
from azremediate.core.errors import AzremediateError
from azremediate.core.exit_code import ExitCode
from azremediate.core.guards import GuardFacts
from azremediate.core.json_value import objects_at, text_at
from azremediate.core.permission import Needs
from azremediate.core.ports import Read
from azremediate.core.privilege import Kind, Privilege
from azremediate.journal.state_directory import check_file_system, existing_state_directory
from azremediate.resolve.policy_reach import stopping_policies
from azremediate.tenant.clouds import endpoints_of

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
_SKEW = timedelta(minutes=5)
_PROBE = "azremediate-doctor"
_PREMIUM = {"AAD_PREMIUM": "P1", "AAD_PREMIUM_P2": "P2"}


class Health(StrEnum):
    """How a check came out."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was looked at, what was found, and what to do about it; `roster` holds who is privileged."""

    name: str
    health: Health
    found: str
    cure: str = ""
    exit_code: ExitCode = ExitCode.DONE
    roster: tuple[Privilege, ...] = ()


def failed(name: str, error: AzremediateError) -> Check:
    """A check that came out as an error."""
    return Check(name, Health.FAIL, error.message, error.hint, error.exit_code)


def state_check(path: Path, *, network: bool) -> Check:
    """Whether the state directory can be used; it is not made here. network: it may lie on a network file system."""
    try:
        check_file_system(path, network=network)
        if not path.exists():
            return Check("state", Health.OK, f"{path} will be made by the first run")
        existing_state_directory(path)
    except AzremediateError as error:
        return failed("state", error)
    return Check("state", Health.OK, str(path))


async def tenant_checks(session: Session, needs: Mapping[str, Needs]) -> AsyncIterator[Check]:
    """Everything that a signed-in session can tell, one check after the other.

    needs: rights that have to be there, by the name of the action or reader that needs them.
    """
    profile = session.profile
    found = f"{profile.display_name} ({profile.domain}, {session.config.tenant_id}), {session.config.environment}"
    yield Check("tenant", Health.OK, found)
    yield _identity(session)
    yield _clock(session)
    for check in await _permissions(session, needs):
        yield check
    yield await _licence(session)
    facts = await _facts(session)
    if isinstance(facts, AzremediateError):
        yield failed("break-glass accounts", facts)
    else:
        yield _break_glass(session, facts)
        yield await _break_glass_sign_in(session, facts)
        yield _privileged(facts)
    yield await _vault(session)
    yield _usage_report(session.config)
    for subscription in session.config.azure.subscriptions:
        yield await _subscription(session, subscription)


def _identity(session: Session) -> Check:
    who = session.claim("upn") or f"application {session.claim('appid')}"
    return Check("signed in as", Health.OK, f"{who}, object {session.claim('oid')}, by {session.config.auth.method}")


def _clock(session: Session) -> Check:
    skew = session.tenant.skew
    if session.tenant.server_time is None:
        return Check("clock", Health.WARN, "the service did not tell the time")
    said = f"{skew.total_seconds():+.1f} s from the service's"
    if abs(skew) <= _SKEW:
        return Check("clock", Health.OK, said)
    return Check("clock", Health.WARN, said, "set this machine's clock; plans expire by the service's")


async def _permissions(session: Session, needs: Mapping[str, Needs]) -> list[Check]:
    held = _held(session)
    wanted: dict[str, list[str]] = {}
    for name, need in needs.items():
        for permission in need.graph:
            wanted.setdefault(permission, []).append(name)
    missing = [permission for permission in sorted(wanted) if not _satisfied(permission, held)]
    cures = await _cures(session, missing) if missing else {}
    checks = []
    for permission, users in sorted(wanted.items()):
        by = f"needed by {', '.join(sorted(users))}"
        if permission in missing:
            cure = cures[permission]
            checks.append(Check(permission, Health.FAIL, f"missing; {by}", cure, ExitCode.SIGN_IN))
        else:
            checks.append(Check(permission, Health.OK, by))
    return checks


def _held(session: Session) -> frozenset[str]:
    roles = session.claims.get("roles")
    scopes = session.claim("scp").split()
    return frozenset([*(str(role) for role in roles), *scopes] if isinstance(roles, list) else scopes)


def _satisfied(permission: str, held: Iterable[str]) -> bool:
    """Whether a permission or the one that also writes is held."""
    return permission in held or permission.replace(".Read.", ".ReadWrite.") in held


async def _cures(session: Session, missing: list[str]) -> dict[str, str]:
    """For each missing permission the command that grants it, with ids where the tenant lets us read them."""
    select = {"$filter": f"appId eq '{GRAPH_APP_ID}'", "$select": "id,appRoles"}
    resource, roles = "", {}
    try:
        found = objects_at(await session.tenant.get(Read("/servicePrincipals", select)), "value")
    except AzremediateError:
        found = []
    for service_principal in found:
        resource = text_at(service_principal, "id")
        roles = {text_at(role, "value"): text_at(role, "id") for role in objects_at(service_principal, "appRoles")}
    return {permission: _cure(session, resource, roles.get(permission, ""), permission) for permission in missing}


def _cure(session: Session, resource: str, role: str, permission: str) -> str:
    if not resource or not role:
        return (
            f"in the Entra admin center: App registrations, {session.claim('appid')}, API permissions, "
            f"Microsoft Graph, Application permissions, {permission}, then grant admin consent"
        )
    principal = session.claim("oid")
    body = f'{{"principalId":"{principal}","resourceId":"{resource}","appRoleId":"{role}"}}'
    base = endpoints_of(session.config).graph
    return (
        f"az rest --method POST --url {base}/v1.0/servicePrincipals/{principal}/appRoleAssignments "
        f"--headers Content-Type=application/json --body '{body}'"
    )


async def _licence(session: Session) -> Check:
    try:
        skus = objects_at(await session.tenant.get(Read("/subscribedSkus")), "value")
    except AzremediateError as error:
        return Check("licence", Health.WARN, f"could not look: {error.message}", error.hint)
    plans = {text_at(plan, "servicePlanName") for sku in skus for plan in objects_at(sku, "servicePlans")}
    held = sorted(_PREMIUM[plan] for plan in plans & set(_PREMIUM))
    if held:
        return Check("licence", Health.OK, f"Microsoft Entra ID {' and '.join(held)}")
    cure = "without P1 there is no Conditional Access and no usage report; use enable_security_defaults"
    return Check("licence", Health.WARN, "neither Microsoft Entra ID P1 nor P2", cure)


async def _facts(session: Session) -> GuardFacts | AzremediateError:
    try:
        return await session.guard_facts()
    except AzremediateError as error:
        return error


def _break_glass(session: Session, facts: GuardFacts) -> Check:
    configured = session.config.guards.break_glass
    if group := named_group(facts.break_glass):
        cure = "name the object ids of its members instead; until then no policy is made or changed"
        return Check("break-glass accounts", Health.WARN, f"guards.break_glass names the group {group}", cure)
    if short := shortage(configured, facts.break_glass, facts.global_administrators):
        cure = "name at least two in guards.break_glass; until then policies and administrators are left alone"
        return Check("break-glass accounts", Health.WARN, short, cure)
    usable = usable_accounts(facts.break_glass, facts.global_administrators)
    said = f"{len(usable)} of {len(configured)} configured accounts can be used"
    return Check("break-glass accounts", Health.OK, said)


async def _break_glass_sign_in(session: Session, facts: GuardFacts) -> Check:
    name = "break-glass sign-in"
    names = {one.id.lower(): one.user_principal_name or one.id for one in facts.break_glass if one.exists}
    try:
        stops = await stopping_policies(session.tenant, list(names), facts.roster)
    except AzremediateError as error:
        return Check(name, Health.WARN, f"could not look whether policies stop them: {error.message}", error.hint)
    if not stops:
        return Check(name, Health.OK, "no enabled policy stops the break-glass accounts")
    said = "; ".join(
        f"{stop.policy!r} stops {', '.join(names[one] for one in stop.accounts)}"
        + ("" if stop.always else " under its conditions")
        for stop in stops
    )
    return Check(name, Health.WARN, said, "leave them out of these policies by name; a group can be emptied")


def _privileged(facts: GuardFacts) -> Check:
    people = {entry.principal_id for entry in facts.roster if entry.kind in (Kind.PERSON, Kind.GUEST)}
    others = {entry.principal_id for entry in facts.roster} - people
    said = f"{len(people)} people and {len(others)} others, on {len(facts.roster)} roads to a privileged role"
    if not facts.gaps:
        return Check("privilege", Health.OK, said, roster=facts.roster)
    cure = "; ".join(facts.gaps)
    return Check("privilege", Health.WARN, f"{said}; not everything could be looked at", cure, roster=facts.roster)


async def _vault(session: Session) -> Check:
    url = session.tenant.secrets.vault_url
    if not url:
        return Check("Key Vault", Health.WARN, "none configured", "set secrets.vault_url; secrets cannot be rotated")
    try:
        await session.tenant.secrets.versions(_PROBE)
    except AzremediateError as error:
        return failed("Key Vault", error)
    return Check("Key Vault", Health.OK, f"{url} answers")


def _usage_report(config: Config) -> Check:
    if endpoints_of(config).has_usage_report:
        return Check("usage report", Health.OK, "this cloud has it")
    cure = "every application counts as of unknown use, and none is disabled for being unused"
    return Check("usage report", Health.WARN, f"the {config.cloud} cloud does not have it", cure)


async def _subscription(session: Session, subscription: str) -> Check:
    name = f"subscription {subscription}"
    try:
        found = await session.tenant.azure.role_assignments(f"/subscriptions/{subscription}")
    except AzremediateError as error:
        return failed(name, error)
    return Check(name, Health.OK, f"{len(found)} role assignments can be read")
