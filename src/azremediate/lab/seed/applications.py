"""The demo tenant's own applications and their service principals, each with a story a responder meets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from azremediate.lab.objects import JsonObject
from azremediate.lab.seed.builder import Builder


@dataclass(frozen=True, slots=True)
class App:
    """One application: how it is shown, what it signs in with, since when it exists (in days)."""

    name: str
    display: str
    secrets: tuple[str, ...] = ()
    certificate: bool = False
    age: float = 700
    principal: bool = True
    enabled: bool = True
    audience: str = "AzureADMyOrg"


_STORIES: Final = (
    App("payroll-api", "Payroll API", ("primary",)),
    App("billing-worker", "Billing Worker", ("primary", "secondary")),
    App("hr-sync", "HR Sync", ("primary",)),
    App("crm-connector", "CRM Connector", ("primary",), certificate=True),
    App("legacy-export", "Legacy Export", ("primary",), age=2200),
    App("old-intranet", "Old Intranet", ("primary",), age=2900),
    App("invoice-archive", "Invoice Archive", ("primary",), age=1500),
    App("batch-reports", "Batch Reports", ("primary",), age=900),
    App("nightly-etl", "Nightly ETL", ("primary",), age=800),
    App("orders-api", "Orders API", ("primary",), audience="AzureADMultipleOrgs"),
    App("fresh-bot", "Fresh Bot", ("primary",), age=20),
    App("data-portal-1", "Data Portal", ("primary",)),
    App("data-portal-2", "Data Portal", ("primary",)),
    App("github-deploy", "GitHub Deploy"),
    App("cert-gateway", "Certificate Gateway", certificate=True),
    App("orphan-app", "Orphan App", ("primary",), principal=False),
    App("paused-app", "Paused App", ("primary",), enabled=False),
    App("expired-app", "Expired App"),
    App("deactivated-app", "Deactivated App", ("primary",)),
    App("saml-wiki", "Team Wiki (SAML)"),
    App("hostile-escape", "Invoices\x1b[2J\x1b]0;owned\x07 App", ("primary",)),
    App("hostile-html", "<script>alert(1)</script>", ("primary",)),
    App("hostile-formula", "=cmd|' /C calc'!A0", ("primary",)),
    App("hostile-ci", "##vso[task.setvariable variable=PATH]evil", ("primary",)),
    App("hostile-rtl", "Paycheck\u202egnp.exe", ("primary",)),
    App("hostile-markup", "[bold red]URGENT[/] [link=https://attacker.example]click[/link]", ("primary",)),
    App("hostile-long", "L" * 256, ("primary",)),
    App("hostile-newline", 'two\nlines\tand "quotes", commas', ("primary",)),
    *(App(f"team-app-{number:02}", f"Team App {number:02}", ("primary",), age=400 + number) for number in range(1, 12)),
)


def add_applications(builder: Builder) -> None:
    """Add every application with its service principal and credentials."""
    for story in _STORIES:
        application = add_application(builder, story)
        for label in story.secrets:
            # two secrets of one application whose first three characters are the same cannot be told apart by hint
            hint = "bWk" if story.name == "billing-worker" else None
            builder.add_secret(application, label, name=story.name, hint=hint)
        if story.certificate:
            builder.add_certificate(application, "certificate", name=story.name)
    _add_details(builder)


def add_application(builder: Builder, story: App) -> JsonObject:
    """Add one application, without credentials, and its service principal."""
    store = builder.store
    app_id = builder.new_id("appId", story.name)
    application: JsonObject = {
        "id": builder.new_id("application", story.name),
        "deletedDateTime": None,
        "appId": app_id,
        "displayName": story.display,
        "createdDateTime": builder.ago(story.age),
        "signInAudience": story.audience,
        "publisherDomain": store.domain,
        "isDisabled": None,
        "identifierUris": [f"api://{app_id}"],
        "tags": [],
        "keyCredentials": [],
        "passwordCredentials": [],
    }
    store.applications.add(application)
    builder.name(story.name, application["id"])
    if story.principal:
        store.service_principals.add(_principal(builder, story, app_id))
    return application


def _principal(builder: Builder, story: App, app_id: str) -> JsonObject:
    return {
        "id": builder.new_id("servicePrincipal", story.name),
        "deletedDateTime": None,
        "accountEnabled": story.enabled,
        "appId": app_id,
        "appDisplayName": story.display,
        "displayName": story.display,
        "appOwnerOrganizationId": builder.store.tenant_id,
        "appRoleAssignmentRequired": False,
        "servicePrincipalType": "Application",
        "servicePrincipalNames": [app_id, f"api://{app_id}"],
        "signInAudience": story.audience,
        "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
        "keyCredentials": [],
        "passwordCredentials": [],
    }


def _add_details(builder: Builder) -> None:
    """Add what single stories need beyond the table."""
    store, named = builder.store, builder.store.named
    hr_principal = store.service_principals.by_alternate(store.applications[named["hr-sync"]]["appId"])
    wiki = store.service_principals.by_alternate(store.applications[named["saml-wiki"]]["appId"])
    disabled = store.service_principals.by_alternate(store.applications[named["deactivated-app"]]["appId"])
    if hr_principal is None or wiki is None or disabled is None:
        raise ValueError("the seed lost a service principal")
    builder.add_secret(hr_principal, "on-principal", name="hr-sync")
    wiki["preferredSingleSignOnMode"] = "saml"
    store.applications[named["deactivated-app"]]["isDisabled"] = True
    disabled["isDisabled"] = True
    expired = store.applications[named["expired-app"]]
    builder.add_secret(expired, "expired", name="expired-app", created=400, expires=-35)
    _federate(builder, "github-deploy", ("main", "release"))


def _federate(builder: Builder, name: str, branches: tuple[str, ...]) -> None:
    store = builder.store
    store.federated_credentials[store.named[name]] = [
        {
            "id": builder.new_id("federated", f"{name}/{branch}"),
            "name": f"github-{branch}",
            "issuer": "https://token.actions.githubusercontent.com",
            "subject": f"repo:contoso/deploy:ref:refs/heads/{branch}",
            "description": None,
            "audiences": ["api://AzureADTokenExchange"],
        }
        for branch in branches
    ]
