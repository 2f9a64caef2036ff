"""Applications that must not count as unused, because they work without a sign-in that any report shows.

Sources: entra-docs recommendation-remove-unused-apps.md (what Microsoft's own recommendation leaves out); the names and
tags of synchronisation and application proxy are known in the field.
"""

from typing import Final

from azremediate.core.errors import TenantError
from azremediate.core.json_value import JsonObject, objects_at, text_at, texts_at
from azremediate.core.ports import Read
from azremediate.core.target import Target

PROPERTIES: Final = "id,displayName,servicePrincipalType,preferredSingleSignOnMode,tags,disabledByMicrosoftStatus"

_SYNC_NAMES: Final = ("ConnectSyncProvisioning_", "Microsoft Entra Connect", "ExchangeOnPremisesHybrid")
_SIGN_ON: Final = {
    "saml": "users sign in to it by SAML, which its own activity need not show",
    "password": "it is password-based single sign-on, which needs no token",
    "notSupported": "it is linked single sign-on, which needs no token",
    "external": "its single sign-on is elsewhere",
}
_TAGS: Final = {
    "WindowsAzureActiveDirectoryOnPremApp": "it is published by application proxy",
    "IsApplicationProxy": "it is published by application proxy",
    "WindowsAzureActiveDirectoryCustomSingleSignOnApplication": "it is a single sign-on application of the gallery",
}
_TYPES: Final = {
    "ManagedIdentity": "it is a managed identity",
    "Legacy": "it is of the legacy kind, which no report covers",
    "SocialIdp": "it stands for an identity provider",
}
_NO_STATUS: Final = ("", "NotDisabled")


def of_target(target: Target) -> str:
    """Why a target is exempt by what is known of it without looking; empty when it is not."""
    if target.microsoft_owned:
        return "it is Microsoft's own application"
    return _TYPES.get(target.service_principal_type, "")


def of_principal(principal: JsonObject) -> str:
    """Why a service principal is exempt by its own properties; empty when it is not."""
    if kind := _TYPES.get(text_at(principal, "servicePrincipalType")):
        return kind
    if text_at(principal, "displayName").startswith(_SYNC_NAMES):
        return "its name is that of directory synchronisation or of an Exchange hybrid"
    if mode := _SIGN_ON.get(text_at(principal, "preferredSingleSignOnMode")):
        return mode
    status = text_at(principal, "disabledByMicrosoftStatus")
    if status not in _NO_STATUS:
        return f"Microsoft disabled it ({status}), which is for a person to look at"
    return next((_TAGS[tag] for tag in texts_at(principal, "tags") if tag in _TAGS), "")


def provisioning(principal_id: str) -> Read:
    """Its provisioning jobs: their activity is in the provisioning log only."""
    return Read(f"/servicePrincipals/{principal_id}/synchronization/jobs")


def of_jobs(answer: JsonObject | TenantError) -> tuple[str, str]:
    """Why it is exempt by its provisioning jobs, and what could not be looked at; each may be empty."""
    if isinstance(answer, TenantError):
        return "", f"whether it provisions could not be looked at: {answer.message}"
    jobs = objects_at(answer, "value")
    return ("it provisions users elsewhere, which only the provisioning log shows", "") if jobs else ("", "")
