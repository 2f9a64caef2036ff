"""What the domain needs from the journal: durable steps of changes, and a record of everything that happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from azremediate.core.change import Change
from azremediate.core.json_value import JsonObject
from azremediate.core.plan import Plan
from azremediate.core.result import ChangeResult
from azremediate.core.write import Intent, StepRecord, StepState


@dataclass(frozen=True, slots=True)
class Actor:
    """The tool's own identity in a tenant, from the claims of its token, and the machine it runs on."""

    tenant_id: str
    app_id: str
    object_id: str
    user_principal_name: str = ""
    auth_method: str = ""
    os_user: str = ""
    host: str = ""


@dataclass(frozen=True, slots=True)
class StepIntent:
    """What is about to be sent: everything but the body. `service` is graph, arm, vault or clock."""

    step: str
    service: str
    method: str
    path: str


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """What became of a step. `facts` hold no secret; `settled` says that it was found by reading."""

    state: StepState
    facts: JsonObject = field(default_factory=dict)
    status: int | None = None
    code: str = ""
    request_id: str = ""
    server_time: str = ""
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """Anything else worth a record: `event` is a short name such as guard.verdict, `facts` hold no secret.

    outcome: success, failure, unknown or skipped.
    """

    event: str
    outcome: str = "success"
    change: Change | None = None
    reason: str = ""
    facts: JsonObject = field(default_factory=dict)


class RunJournal(Protocol):
    """One run, durable: each method returns after what it was told is on disk, journal and audit record together.

    A failure to write raises `IntegrityBroken`, and then nothing more may be sent.
    """

    @property
    def run_id(self) -> str:
        """The run's id."""
        ...

    async def steps(self, change_id: str) -> Mapping[str, StepRecord]:
        """For each step of a change that was ever intended, its latest attempt."""
        ...

    async def intend(self, change: Change, step: StepIntent) -> Intent:
        """Make the intent of one write durable and return the permission to send it once."""
        ...

    async def settle(self, change: Change, step: StepIntent, attempt: int, outcome: StepOutcome) -> None:
        """Record what became of an intended step."""
        ...

    async def note(self, note: Note) -> None:
        """Record an event."""
        ...

    async def result(self, change: Change, result: ChangeResult) -> None:
        """Record how a change ended."""
        ...

    async def results(self) -> Mapping[str, ChangeResult]:
        """For each change of the run that has ended, how."""
        ...

    async def finish(self, exit_code: int) -> None:
        """Record the end of the run."""
        ...


class Journal(Protocol):
    """All runs of one state directory."""

    async def run_for(self, plan: Plan, actor: Actor) -> tuple[RunJournal, bool]:
        """The run that applies this plan, and whether it existed already."""
        ...
