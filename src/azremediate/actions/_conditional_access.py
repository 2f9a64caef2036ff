"""Conditional Access policies as azremediate wants them: their body, and which stored ones cover as much."""

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
EVERYBODY = ("All",)
EVERY_APPLICATION = "All"
EVERY_CLIENT = ("all",)
LEGACY_CLIENTS = ("exchangeActiveSync", "other")
"""Clients that cannot show a second factor. Source: Microsoft Learn, "Block legacy authentication"."""


class Mode(StrEnum):
    """Whether a policy acts or only reports what it would have done."""

    REPORT_ONLY = "report-only"
    ENABLED = "enabled"

    @property
    def in_graph(self) -> str:
        """Graph's word for it."""
        return ENABLED if self is Mode.ENABLED else REPORT_ONLY


class Grant(StrEnum):
    """What somebody has to show."""

    PHISHING_RESISTANT = "phishing-resistant"
    MFA = "mfa"

    @property
    def words(self) -> str:
        """What it is called in a policy's name."""
        return "phishing-resistant MFA" if self is Grant.PHISHING_RESISTANT else "MFA"


@dataclass(frozen=True, slots=True)
class Demand:
    """Whom a policy is for, whom it leaves out, and what it asks; ids in lower case, sorted.

    everybody: whether it is for all users; then roles and groups are empty. application: one appId, or
    `EVERY_APPLICATION`. grant: None blocks instead of asking. clients: the kinds of client that it is for.
    """

    roles: tuple[str, ...]
    exempt: tuple[str, ...]
    grant: Grant | None
    groups: tuple[str, ...] = ()
    everybody: bool = False
    application: str = EVERY_APPLICATION
    clients: tuple[str, ...] = EVERY_CLIENT

    @classmethod
    def of(cls, roles: Sequence[str], exempt: Sequence[str], grant: Grant) -> "Demand":
        """The demand that holders of roles show something, with its ids in one form."""
        return cls(_ids(roles), _ids(exempt), grant)

    @classmethod
    def of_group(cls, group: str, exempt: Sequence[str], grant: Grant) -> "Demand":
        """The demand that members of one group show something."""
        return cls((), _ids(exempt), grant, groups=_ids([group]))

    @classmethod
    def of_everybody(cls, exempt: Sequence[str], grant: Grant, application: str) -> "Demand":
        """The demand that everybody shows something for one application."""
        return cls((), _ids(exempt), grant, everybody=True, application=application)

    @classmethod
    def no_legacy_clients(cls, exempt: Sequence[str]) -> "Demand":
        """The demand that nobody signs in with a client that knows no second factor."""
        return cls((), _ids(exempt), None, everybody=True, clients=LEGACY_CLIENTS)

    def body(self, display_name: str, state: str) -> JsonObject:
        """The policy as it is created."""
        controls: dict[str, Json] = {"operator": "OR", "builtInControls": ["mfa" if self.grant else "block"]}
        if self.grant is Grant.PHISHING_RESISTANT:
            controls |= {"builtInControls": [], "authenticationStrength": {"id": PHISHING_RESISTANT}}
        users: dict[str, Json] = {"excludeUsers": list(self.exempt)}
        if self.everybody:
            users["includeUsers"] = list(EVERYBODY)
        if self.roles:
            users["includeRoles"] = list(self.roles)
        if self.groups:
            users["includeGroups"] = list(self.groups)
        return {
            "displayName": display_name,
            "state": state,
            "conditions": {
                "clientAppTypes": list(self.clients),
                "applications": {"includeApplications": [self.application]},
                "users": users,
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
            and self._covers_applications(_part(conditions, "applications"))
            and self._covers_clients(texts_at(conditions, "clientAppTypes"))
            and not any(value for name, value in conditions.items() if name not in _JUDGED)
            and self._asks_enough(_part(policy, "grantControls"), strengths)
        )

    def leaves_out_exempt(self, policy: JsonObject) -> bool:
        """Whether the policy leaves out every exempt account by name, so that nobody is locked out for good."""
        users = _part(_part(policy, "conditions"), "users")
        return set(self.exempt) <= set(_ids(texts_at(users, "excludeUsers")))

    def safe_to_enable(self, policy: JsonObject) -> bool:
        """Whether the policy is for nobody else, does nothing worse, and leaves out every exempt account by name."""
        return not self.locks_out(policy)

    def locks_out(self, policy: JsonObject) -> str:
        """Why the policy, as it is stored, might lock out who has to get in; empty when it does not."""
        conditions = _part(policy, "conditions")
        if not self.exempt or not self.leaves_out_exempt(policy):
            return "does not leave out the break-glass accounts"
        if self._reaches_beyond(_part(conditions, "users")):
            return "is for more people than it should be"
        if "block" not in texts_at(_part(policy, "grantControls"), "builtInControls"):
            return ""
        if self.grant is not None:
            return "blocks instead of asking for strong authentication"
        modern = not set(texts_at(conditions, "clientAppTypes")) <= set(self.clients)
        return "blocks more clients than it should" if modern else ""

    def _reaches_beyond(self, users: JsonObject) -> bool:
        """Whether a policy is for people who hold none of the roles and are in none of the groups."""
        if self.everybody:
            return False
        others = set(_ids(texts_at(users, "includeGroups"))) - set(self.groups)
        return bool(texts_at(users, "includeUsers") or others or users.get("includeGuestsOrExternalUsers"))

    def _covers_users(self, users: JsonObject) -> bool:
        covered = "All" in texts_at(users, "includeUsers") or (
            not self.everybody
            and set(self.roles) <= set(_ids(texts_at(users, "includeRoles")))
            and set(self.groups) <= set(_ids(texts_at(users, "includeGroups")))
        )
        return (
            covered
            and set(_ids(texts_at(users, "excludeUsers"))) <= set(self.exempt)
            and not any(texts_at(users, name) for name in _NARROWING_USERS)
            and not users.get("excludeGuestsOrExternalUsers")
        )

    def _covers_applications(self, applications: JsonObject) -> bool:
        included = texts_at(applications, "includeApplications")
        return (included == [EVERY_APPLICATION] or self.application in included) and not any(
            value for name, value in applications.items() if name != "includeApplications"
        )

    def _covers_clients(self, clients: Sequence[str]) -> bool:
        return "all" in clients or (self.clients != EVERY_CLIENT and set(self.clients) <= set(clients))

    def _asks_enough(self, controls: JsonObject, strengths: Mapping[str, Json]) -> bool:
        built_in = texts_at(controls, "builtInControls")
        if "block" in built_in or self.grant is None:
            return self.grant is None and "block" in built_in
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
