"""The privileged people of the demo tenant: everybody registered or not, and a week of report-only sign-ins."""

from datetime import timedelta

from azremediate.lab.clock import wire_time
from azremediate.lab.store import Store
from tests.end_to_end.console import Console

FIDO2 = "#microsoft.graph.fido2AuthenticationMethod"


def look_at_azure(console: Console) -> None:
    """Configure both subscriptions, and let the responder read them."""
    store = console.lab.store
    ids = ", ".join(store.named[f"subscription-{name}"] for name in ("production", "development"))
    console.change_config("guards:", f"azure: {{subscriptions: [{ids}]}}\nguards:")


def register_everybody(store: Store) -> None:
    """Everybody has a security key."""
    for user in store.users:
        methods = store.authentication_methods.setdefault(user, [])
        if not any(method["@odata.type"] == FIDO2 for method in methods):
            methods.append({"@odata.type": FIDO2, "id": f"key-of-{user}", "displayName": "Security key"})


def signed_in(store: Store, name: str, result: str) -> None:
    """A sign-in now that each of our policies judged."""
    policies = [policy for policy in store.ca_policies.values() if policy["displayName"].startswith("azr-")]
    user = store.users[store.named[name]]
    applied = [
        {
            "id": policy["id"],
            "displayName": policy["displayName"],
            "result": result,
            "enforcedGrantControls": [],
            "enforcedSessionControls": [],
        }
        for policy in policies
    ]
    store.sign_ins.append(
        {
            "id": f"sign-in-{len(store.sign_ins)}",
            "createdDateTime": wire_time(store.clock.now()),
            "userId": user["id"],
            "userPrincipalName": user["userPrincipalName"],
            "userDisplayName": user["displayName"],
            "appDisplayName": "Azure Portal",
            "clientAppUsed": "Browser",
            "isInteractive": True,
            "conditionalAccessStatus": "notApplied",
            "appliedConditionalAccessPolicies": applied,
        }
    )


def age_policies(store: Store, days: float) -> None:
    """Our policies have been as they are for so many days."""
    when = wire_time(store.clock.now() - timedelta(days=days))
    for policy in store.ca_policies.values():
        if policy["displayName"].startswith("azr-"):
            policy.update(createdDateTime=when, modifiedDateTime=None)


def report_for_a_week(console: Console) -> None:
    """Make the policies report-only, let everybody register and somebody sign in, and let eight days pass."""
    _, plan = console.plan("enforce-privileged-mfa", name="report-only.plan.json")
    applied = console.apply(plan)
    assert applied.code == 0, applied.out + applied.err
    store = console.lab.store
    register_everybody(store)
    age_policies(store, 8)
    signed_in(store, "alice.admin", "reportOnlySuccess")
