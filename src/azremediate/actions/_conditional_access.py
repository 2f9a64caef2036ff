"""Conditional Access policies that ask administrators for strong authentication: their body, and what they cover."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from azremediate.core.json_value import Json, JsonObject, object_of, objects_at, text_at, texts_at

POLICIES = "/identity/conditionalAccess/policies"
ENABLED, DISABLED, REPORT_ONLY = "enabled", "disabled", "enabledForReportingButNotEnforced"
PHISHING_RESISTANT = "00000000-0000-0000-0000-000000000004"
"""The built-in authentication strength of that name. Source: Microsoft Learn, "Authentication strengths"."""

_RESISTANT_METHODS = frozenset({"windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor"})
_KEPT = ("id", "displayName", "state", "createdDateTime", "conditions", "grantControls", "sessionControls")
_JUDGED = frozenset({"users", "applications", "clientAppTypes"})
_NARROWING_USERS = ("excludeRoles", "excludeGroups")
_BEYOND = ("includeUsers", "includeGroups", "includeGuestsOrExternalUsers")
"""By which a policy reaches people who hold none of its roles."""


class Grant(StrEnum):
    """What an administrator has to show."""

    PHISHING_RESISTANT = "phishing-resistant"
    MFA = "mfa"


@dataclass(frozen=True, slots=True)
class Demand:
    """Whom a policy is for, whom it leaves out, and what it asks; ids in lower case, sorted."""

    roles: tuple[str, ...]
    exempt: tuple[str, ...]
    grant: Grant

    @classmethod
    def of(cls, roles: Sequence[str], exempt: Sequence[str], grant: Grant) -> "Demand":
        """The demand with its ids in one form."""
        return cls(_ids(roles), _ids(exempt), grant)

    def body(self, display_name: str, state: str) -> JsonObject:
        """The policy as it is created."""
        resistant = self.grant is Grant.PHISHING_RESISTANT
        controls: JsonObject = (
            {"operator": "OR", "builtInControls": [], "authenticationStrength": {"id": PHISHING_RESISTANT}}
            if resistant
            else {"operator": "OR", "builtInControls": ["mfa"]}
        )
        return {
            "displayName": display_name,
            "state": state,
            "conditions": {
                "clientAppTypes": ["all"],
                "applications": {"includeApplications": ["All"]},
                "users": {"includeRoles": list(self.roles), "excludeUsers": list(self.exempt)},
            },
            "grantControls": controls,
        }

    def covered_by(self, policy: JsonObject, strengths: Mapping[str, Json]) -> bool:
        """Whether a policy, if it is enabled, asks at least this of at least these.

        strengths: the tenant's authentication strengths, id to allowed combinations of methods.
        """
        conditions = _part(policy, "conditions")
        return (
            self._covers_users(_part(conditions, "users"))
            and _covers_every_application(_part(conditions, "applications"))
            and "all" in texts_at(conditions, "clientAppTypes")
            and not any(value for name, value in conditions.items() if name not in _JUDGED)
            and self._asks_enough(_part(policy, "grantControls"), strengths)
        )

    def leaves_out_exempt(self, policy: JsonObject) -> bool:
        """Whether the policy leaves out every exempt account by name, so that nobody is locked out for good."""
        users = _part(_part(policy, "conditions"), "users")
        return set(self.exempt) <= set(_ids(texts_at(users, "excludeUsers")))

    def safe_to_enable(self, policy: JsonObject) -> bool:
        """Whether the policy is for holders of roles alone, and leaves out every exempt account by name."""
        return not self.locks_out(policy)

    def locks_out(self, policy: JsonObject) -> str:
        """Why the policy, as it is stored, might lock out who has to get in; empty when it does not."""
        users = _part(_part(policy, "conditions"), "users")
        if not self.exempt or not self.leaves_out_exempt(policy):
            return "does not leave out the break-glass accounts"
        if any(users.get(name) for name in _BEYOND):
            return "is for more people than the holders of its roles"
        if "block" in texts_at(_part(policy, "grantControls"), "builtInControls"):
            return "blocks instead of asking for strong authentication"
        return ""

    def _covers_users(self, users: JsonObject) -> bool:
        everybody = "All" in texts_at(users, "includeUsers")
        return (
            (everybody or set(self.roles) <= set(_ids(texts_at(users, "includeRoles"))))
            and set(_ids(texts_at(users, "excludeUsers"))) <= set(self.exempt)
            and not any(texts_at(users, name) for name in _NARROWING_USERS)
            and not users.get("excludeGuestsOrExternalUsers")
        )

    def _asks_enough(self, controls: JsonObject, strengths: Mapping[str, Json]) -> bool:
        built_in = texts_at(controls, "builtInControls")
        strength = _part(controls, "authenticationStrength")
        others = [*built_in, *texts_at(controls, "termsOfUse"), *texts_at(controls, "customAuthenticationFactors")]
        if self.grant is Grant.MFA and "mfa" in built_in:
            return text_at(controls, "operator") == "AND" or len(others) == 1
        if not strength or (others and text_at(controls, "operator") != "AND"):
            return False
        return self.grant is Grant.MFA or _is_resistant(strength, strengths)


def _is_resistant(strength: JsonObject, strengths: Mapping[str, Json]) -> bool:
    strength_id = text_at(strength, "id").lower()
    if strength_id == PHISHING_RESISTANT:
        return True
    known = strengths.get(strength_id)
    methods = set(texts_at(strength, "allowedCombinations")) or set(texts_at({"known": known}, "known"))
    return bool(methods) and methods <= _RESISTANT_METHODS


def _covers_every_application(applications: JsonObject) -> bool:
    return texts_at(applications, "includeApplications") == ["All"] and not any(
        value for name, value in applications.items() if name != "includeApplications"
    )


def trimmed(policy: JsonObject) -> JsonObject:
    """A policy as Graph shows it without what does not matter here."""
    return {name: policy.get(name) for name in _KEPT}


def made_by_us(policy: JsonObject) -> bool:
    """Whether its display name carries the tag of some change of azremediate's."""
    return text_at(policy, "displayName").startswith("azr-")


def tagged(policies: JsonObject, tag: str) -> list[JsonObject]:
    """The policies in the facts whose display name carries a change's tag, oldest first."""
    found = [one for one in objects_at(policies, "policies") if text_at(one, "displayName").startswith(f"{tag} ")]
    return sorted(found, key=lambda one: (text_at(one, "createdDateTime"), text_at(one, "id")))


def _ids(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({text.lower() for text in texts}))


def _part(holder: JsonObject, name: str) -> JsonObject:
    value = holder.get(name)
    return {} if value is None else object_of(value, name)
