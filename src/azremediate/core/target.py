"""What a change is made to: one object of the tenant, and which of its credentials are exposed."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from azremediate.core.credential import CompromisedCredential, Confidence, CredentialKind
from azremediate.core.privilege import Readiness

MICROSOFT_TENANTS = frozenset({"f8cdef31-a31e-4b4a-93e4-5f571e91255a", "72f988bf-86f1-41af-91ab-2d7cd011db47"})
"""Tenants that own Microsoft's own applications (known in the field, not published as a list)."""


class TargetKind(StrEnum):
    """What kind of object a target is, in the words of Microsoft Graph and Azure."""

    APPLICATION = "application"
    SERVICE_PRINCIPAL = "servicePrincipal"
    USER = "user"
    STORAGE_ACCOUNT = "storageAccount"
    TENANT = "tenant"


@dataclass(frozen=True, slots=True)
class ExposedCredential:
    """A live credential in the tenant that a row of the credential list means.

    `holder` says on which object it is (an application and its service principal each have their own), `holder_id`
    is that object's id. `reason` says why the row means this credential.
    """

    kind: CredentialKind
    holder: TargetKind
    holder_id: str
    key_id: str
    hint: str
    end: str
    reason: str


@dataclass(frozen=True, slots=True)
class Target:
    """One object of the tenant, as it was resolved; ids are object ids.

    For an application, `id` is the application object and `service_principal_id` its service principal in this tenant
    (empty when there is none). For an application that lives in another tenant the kind is `servicePrincipal` and
    `application_id` is empty. `on_premises` says that the object is mastered in a synchronised directory. `exempt` are
    accounts that a tenant-wide change leaves out, or owners that are never taken away; `readiness` says, where that
    matters, who is privileged and could sign in. `exposed_since` is the earliest time of exposure that its rows name
    (ISO 8601), empty when none does.
    """

    tenant_id: str
    kind: TargetKind
    id: str
    display_name: str
    app_id: str = ""
    application_id: str = ""
    service_principal_id: str = ""
    service_principal_type: str = ""
    owner_tenant_id: str = ""
    user_principal_name: str = ""
    on_premises: bool = False
    guest: bool = False
    exposed: tuple[ExposedCredential, ...] = ()
    exempt: tuple[str, ...] = ()
    readiness: Readiness = field(default_factory=Readiness)
    exposed_since: str = ""

    @property
    def microsoft_owned(self) -> bool:
        """Whether the application is Microsoft's own."""
        return self.owner_tenant_id in MICROSOFT_TENANTS

    @property
    def managed_identity(self) -> bool:
        """Whether the service principal is a managed identity, whose life belongs to an Azure resource."""
        return self.service_principal_type == "ManagedIdentity"

    @property
    def ids(self) -> frozenset[str]:
        """Every id under which the same identity is known, without the empty ones."""
        found = {self.id, self.app_id, self.application_id, self.service_principal_id}
        return frozenset(identifier.lower() for identifier in found if identifier)

    def seen_as(self, kinds: tuple[TargetKind, ...]) -> "Target | None":
        """The same identity as one of these kinds of object, or None when it has none."""
        if self.kind in kinds:
            return self
        if TargetKind.SERVICE_PRINCIPAL in kinds and self.service_principal_id:
            return replace(self, kind=TargetKind.SERVICE_PRINCIPAL, id=self.service_principal_id)
        if TargetKind.APPLICATION in kinds and self.application_id:
            return replace(self, kind=TargetKind.APPLICATION, id=self.application_id)
        return None


class Unresolvable(StrEnum):
    """Why a row of the list could not be matched with exactly one object of the tenant."""

    NOT_FOUND = "not-found"
    AMBIGUOUS = "ambiguous"
    OTHER_TENANT = "other-tenant"
    MICROSOFT_OWNED = "microsoft-owned"
    WRONG_KIND = "wrong-kind"
    NOT_LOOKED = "not-looked"


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A row without a target, the reason and, when ambiguous, the candidates."""

    credential: CompromisedCredential
    why: Unresolvable
    reason: str
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """A row with its target. The target's `exposed` holds what this row means, and nothing of other rows."""

    credential: CompromisedCredential
    target: Target
    note: str = ""


@dataclass(frozen=True, slots=True)
class Selected:
    """A target with every row of the list that named it, as a playbook's step gets it; `owners` where use was asked."""

    target: Target
    credentials: tuple[CompromisedCredential, ...] = ()
    note: str = ""
    owners: tuple[str, ...] = ()

    @property
    def confidence(self) -> Confidence | None:
        """The highest confidence of its rows; None for a target that no row named."""
        found = {credential.confidence for credential in self.credentials}
        return Confidence.KNOWN if Confidence.KNOWN in found else next(iter(found), None)
