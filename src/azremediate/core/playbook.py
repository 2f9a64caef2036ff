"""A playbook: which action for which targets, in which order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from azremediate.core.credential import Confidence, CredentialKind
from azremediate.core.json_value import Json


class Usage(StrEnum):
    """Whether an application is used, as far as evidence goes; unknown is never unused."""

    ACTIVE = "active"
    UNUSED = "unused"
    NEVER_USED = "never_used"
    UNKNOWN = "unknown"
    EXEMPT = "exempt"


class Audience(StrEnum):
    """Who may use an application, in Graph's words (signInAudience)."""

    OWN_TENANT = "AzureADMyOrg"
    ANY_TENANT = "AzureADMultipleOrgs"
    ANY_TENANT_AND_PERSONAL = "AzureADandPersonalMicrosoftAccount"
    PERSONAL = "PersonalMicrosoftAccount"


class Source(StrEnum):
    """Where a step's targets come from."""

    CREDENTIALS = "credentials"
    TENANT = "tenant"


@dataclass(frozen=True, slots=True)
class Selector:
    """Which targets a step takes; an empty tuple takes all.

    unused_days: age of the last activity from which an application counts as unused; None takes the action's own
    parameter of that name, else 90. audience: with `from: tenant`, the applications that are registered in the tenant
    for one of these audiences.
    """

    kind: tuple[CredentialKind, ...] = ()
    confidence: tuple[Confidence, ...] = ()
    usage: tuple[Usage, ...] = ()
    unused_days: int | None = None
    audience: tuple[Audience, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `parameters` are the action's, `line` is where the step stands in the file, for messages.

    notice: how long owners have to answer before the change is made; None asks nobody. scream_test: how long after it
    somebody looks for whoever misses the application.
    """

    action: str
    source: Source = Source.CREDENTIALS
    selector: Selector = Selector()
    parameters: Mapping[str, Json] = field(default_factory=dict)
    line: int = 0
    notice: timedelta | None = None
    scream_test: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Playbook:
    """A playbook as it was read; `sha256` is the hash of the file's bytes in hexadecimal."""

    name: str
    description: str
    version: int
    steps: tuple[Step, ...]
    sha256: str
    file: str = ""

    @property
    def needs_credentials(self) -> bool:
        """Whether any step takes its targets from the credential list."""
        return any(step.source is Source.CREDENTIALS for step in self.steps)
