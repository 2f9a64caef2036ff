"""A foothold: a way by which somebody may have stayed in the tenant, with who, when and the evidence."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from azremediate.core.credential import CredentialKind
from azremediate.core.json_value import JsonObject


class Severity(StrEnum):
    """How much a finding would mean if nobody in charge did it."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def order(self) -> int:
        """Position, from 0 for the lowest."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Listed:
    """A finding as a row of a credential list: kind and key id, where one fits; the identity is the finding's."""

    kind: CredentialKind
    identity: str
    key_id: str = ""


@dataclass(frozen=True, slots=True)
class Foothold:
    """One finding.

    kind: e.g. credential-added. object_kind, object_id, display_name: what it was done to. who: name and id of whoever
    did it, empty where nothing tells. when: RFC 3339, empty where nothing tells. evidence: ids of directoryAudits or
    sign-ins, or the path of the object. proposes: the action that answers it, empty where a person decides.
    """

    kind: str
    severity: Severity
    object_kind: str
    object_id: str
    display_name: str
    summary: str
    who: str = ""
    who_id: str = ""
    when: str = ""
    evidence: tuple[str, ...] = ()
    proposes: str = ""
    listed: Listed | None = None
    details: JsonObject = field(default_factory=dict)

    @property
    def ids(self) -> frozenset[str]:
        """Every id that it names, in lower case: of the object, of whoever did it, of the identity to list."""
        named = {self.object_id, self.who_id, self.listed.identity if self.listed is not None else ""}
        more = self.details.get("appId")
        return frozenset(one.lower() for one in (*named, more) if isinstance(one, str) and one)


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found since a time, and where it looked.

    failed: what it could not look at this time. limits: what it cannot tell by its nature. own: how many events were
    left out because azremediate itself made them.
    """

    since: datetime
    findings: tuple[Foothold, ...]
    looked: tuple[str, ...]
    failed: tuple[str, ...]
    limits: tuple[str, ...]
    own: int = 0


def at_least(findings: Sequence[Foothold], severity: Severity) -> int:
    """How many findings are of this severity or a higher one."""
    return sum(finding.severity.order >= severity.order for finding in findings)
