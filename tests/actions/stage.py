"""One application with its service principal and its secrets, and the making of one change to it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from azremediate.core.action import Action
from azremediate.core.change import Change, Skip
from azremediate.core.clock import iso
from azremediate.core.config import Reconcile, SecretStore, Throttle
from azremediate.core.credential import CredentialKind
from azremediate.core.events import ignore
from azremediate.core.run import Run, RunSettings
from azremediate.core.target import ExposedCredential, Target, TargetKind
from tests.fakes import START, TENANT_ID, FakeTenant, InstantClock

APP_ID = "bbbbbbbb-0000-4000-8000-000000000001"
APPLICATION = "aaaaaaaa-0000-4000-8000-000000000001"
PRINCIPAL = "cccccccc-0000-4000-8000-000000000001"
USER = "dddddddd-0000-4000-8000-000000000001"
LEAKED = "eeeeeeee-0000-4000-8000-000000000001"
LEAKED_ON_PRINCIPAL = "eeeeeeee-0000-4000-8000-000000000002"
KEPT = "eeeeeeee-0000-4000-8000-000000000003"
SETTINGS = RunSettings(
    Reconcile(
        settle=timedelta(seconds=1),
        window=timedelta(seconds=2),
        deadline=timedelta(seconds=20),
        verify=timedelta(seconds=5),
        poll=timedelta(seconds=1),
    ),
    Throttle(attempts=3),
    SecretStore(vault_url="https://vault.test", proof_deadline=timedelta(seconds=30)),
)


def secret(key_id: str, name: str = "deployed by hand") -> dict[str, Any]:
    """A client secret as Graph shows it."""
    return {
        "keyId": key_id,
        "displayName": name,
        "hint": key_id[-3:],
        "startDateTime": iso(START - timedelta(days=100)),
        "endDateTime": iso(START + timedelta(days=100)),
    }


def a_tenant() -> FakeTenant:
    """An application with two secrets, one more on its service principal, and a user."""
    tenant = FakeTenant()
    tenant.collections = {
        "/applications": [
            {
                "id": APPLICATION,
                "appId": APP_ID,
                "displayName": "Payroll",
                "createdDateTime": iso(START - timedelta(days=400)),
                "isDisabled": None,
                "passwordCredentials": [secret(LEAKED), secret(KEPT)],
                "appManagementPolicies": [],
            }
        ],
        "/servicePrincipals": [
            {
                "id": PRINCIPAL,
                "appId": APP_ID,
                "displayName": "Payroll",
                "accountEnabled": True,
                "servicePrincipalType": "Application",
                "appOwnerOrganizationId": TENANT_ID,
                "passwordCredentials": [secret(LEAKED_ON_PRINCIPAL)],
            }
        ],
        "/users": [
            {
                "id": USER,
                "accountEnabled": True,
                "userPrincipalName": "amira@contoso.test",
                "userType": "Member",
                "signInSessionsValidFromDateTime": "2024-01-01T00:00:00Z",
            }
        ],
        "/identity/conditionalAccess/policies": [],
    }
    tenant.single = {
        "/policies/defaultAppManagementPolicy": {"isEnabled": False},
        "/policies/identitySecurityDefaultsEnforcementPolicy": {"isEnabled": False},
        "/policies/authenticationStrengthPolicies": {
            "value": [{"id": "00000000-0000-0000-0000-000000000004", "allowedCombinations": ["fido2"]}]
        },
    }
    return tenant


def exposed(key_id: str, holder: TargetKind = TargetKind.APPLICATION) -> ExposedCredential:
    """A credential that the list names."""
    holder_id = APPLICATION if holder is TargetKind.APPLICATION else PRINCIPAL
    return ExposedCredential(CredentialKind.CLIENT_SECRET, holder, holder_id, key_id, "", "", "listed")


def an_application(*leaked: ExposedCredential) -> Target:
    """The application as it was resolved; without `leaked`, both leaked secrets."""
    both = (exposed(LEAKED), exposed(LEAKED_ON_PRINCIPAL, TargetKind.SERVICE_PRINCIPAL))
    return Target(
        tenant_id=TENANT_ID,
        kind=TargetKind.APPLICATION,
        id=APPLICATION,
        display_name="Payroll",
        app_id=APP_ID,
        application_id=APPLICATION,
        service_principal_id=PRINCIPAL,
        service_principal_type="Application",
        owner_tenant_id=TENANT_ID,
        exposed=leaked or both,
    )


def key_ids(tenant: FakeTenant) -> list[str]:
    """The key ids of every secret on application and service principal."""
    rows: Sequence[dict[str, Any]] = (*tenant.collections["/applications"], *tenant.collections["/servicePrincipals"])
    return [one["keyId"] for row in rows for one in row["passwordCredentials"]]


async def planned(action: Action, target: Target, tenant: FakeTenant, params: object | None = None) -> Change | Skip:
    """What the action plans for the target as it is now."""
    return action.plan(target, await action.observe(target, tenant), action.params() if params is None else params)


async def change_of(action: Action, target: Target, tenant: FakeTenant, params: object | None = None) -> Change:
    """The same where a change is expected."""
    outcome = await planned(action, target, tenant, params)
    assert isinstance(outcome, Change), outcome
    return outcome


def run_of(change: Change, tenant: FakeTenant, clock: InstantClock | None = None) -> Run:
    """A run of one change with the tenant's journal."""
    return Run(change, tenant, tenant.journal, clock or InstantClock(), settings=SETTINGS, listener=ignore)


async def holds(action: Action, change: Change, tenant: FakeTenant) -> bool:
    """Whether the change is in effect now."""
    return action.holds(change, await action.observe(change.target, tenant))
