"""Applications that live without a sign-in that anybody sees: neither counted as unused nor deleted.

Sources: entra-docs recommendation-remove-unused-apps.md (what Microsoft's own recommendation leaves out); the names and
tags of synchronisation and application proxy are known in the field.
"""

from typing import Final

from azremediate.core.json_value import JsonObject, text_at, texts_at

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
TYPES: Final = {
    "ManagedIdentity": "it is a managed identity",
    "Legacy": "it is of the legacy kind, which no report covers",
    "SocialIdp": "it stands for an identity provider",
}
_NO_STATUS: Final = ("", "NotDisabled")


def why_kept(principal: JsonObject) -> str:
    """Why a service principal has to be left alone, by its own properties; empty when it has not."""
    if kind := TYPES.get(text_at(principal, "servicePrincipalType")):
        return kind
    if text_at(principal, "displayName").startswith(_SYNC_NAMES):
        return "its name is that of directory synchronisation or of an Exchange hybrid"
    if mode := _SIGN_ON.get(text_at(principal, "preferredSingleSignOnMode")):
        return mode
    status = text_at(principal, "disabledByMicrosoftStatus")
    if status not in _NO_STATUS:
        return f"Microsoft disabled it ({status}), which is for a person to look at"
    return next((_TAGS[tag] for tag in texts_at(principal, "tags") if tag in _TAGS), "")
