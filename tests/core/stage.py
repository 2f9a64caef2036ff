"""An action, a journal and a tenant that are as small as the engine allows, with outcomes of writes on order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, ClassVar
from uuid import uuid4

from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass, new_change
from azremediate.core.clock import iso
from azremediate.core.config import GuardSettings, Reconcile, SecretStore, Throttle
from azremediate.core.credential import CredentialKind
from azremediate.core.errors import IntegrityBroken, OutcomeUnknown
from azremediate.core.events import Event
from azremediate.core.execution import Execution
from azremediate.core.guards import GuardFacts, OwnIdentity
from azremediate.core.json_value import JsonObject
from azremediate.core.observed import Comparison, Precondition, State
from azremediate.core.parameters import parameters_json
from azremediate.core.permission import Needs
from azremediate.core.ports import Read, TenantReader
from azremediate.core.record import Note, StepIntent, StepOutcome
from azremediate.core.result import ChangeResult
from azremediate.core.run import Run, RunSettings
from azremediate.core.target import Target, TargetKind
from azremediate.core.write import Intent, Receipt, StepRecord, StepState, Write
from tests.fakes import Crash, FakeTenant, InstantClock

RECONCILE = Reconcile(
    settle=timedelta(seconds=1),
    window=timedelta(seconds=2),
    deadline=timedelta(seconds=10),
    verify=timedelta(seconds=5),
    poll=timedelta(seconds=1),
)
SETTINGS = RunSettings(RECONCILE, Throttle(attempts=3), SecretStore(proof_deadline=timedelta(seconds=30)))
OWN = OwnIdentity("cccccccc-0000-4000-8000-000000000001", "cccccccc-0000-4000-8000-000000000002")
FACTS = GuardFacts(OWN, (), frozenset(), population={TargetKind.SERVICE_PRINCIPAL: 100})


@dataclass(frozen=True, slots=True)
class Params:
    """As `disable_service_principal` has them."""

    unused_days: int = 90


class Toggle:
    """Sets `accountEnabled` to false; its name, its phase and what it closes are the test's choice."""

    name: ClassVar[str]
    phase: ClassVar[Phase]
    targets: ClassVar[tuple[TargetKind, ...]]
    takes: ClassVar[frozenset[CredentialKind]]
    closes: ClassVar[frozenset[CredentialKind]]
    limited: ClassVar = True
    undo_class: ClassVar = UndoClass.REVERSIBLE
    risk: ClassVar = Risk.LOW
    summary: ClassVar = "toggle"
    params: ClassVar = Params
    needs: ClassVar = Needs()

    def __init__(
        self,
        name: str = "disable_service_principal",
        phase: Phase = Phase.CONTAIN,
        *,
        closes: frozenset[CredentialKind] = frozenset(),
        takes: frozenset[CredentialKind] = frozenset(),
        targets: tuple[TargetKind, ...] = (TargetKind.SERVICE_PRINCIPAL,),
        skip: Skip | None = None,
    ) -> None:
        # An action is known by its class; here each object is an action of its own.
        vars(self).update(name=name, phase=phase, closes=closes, takes=takes, targets=targets)
        self.skip = skip
        self.seen: list[str] = []

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Whether it is enabled."""
        self.seen.append(target.id)
        principal = await tenant.get(Read(f"/servicePrincipals/{target.id}"))
        return State({"accountEnabled": principal["accountEnabled"], "note": "as read"})

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """Disable what is enabled."""
        if self.skip or state.facts["accountEnabled"] is False:
            return self.skip or Skip("it is disabled already")
        return new_change(
            action=self.name,
            phase=self.phase,
            target=target,
            state=state,
            params=parameters_json(params),
            work={},
            summary="toggle",
            before={"accountEnabled": True},
            after={"accountEnabled": False},
            preconditions=(Precondition("/accountEnabled", Comparison.EQUALS, True),),
            undo_class=self.undo_class,
            undo_note="",
        )

    async def apply(self, change: Change, run: Run) -> None:
        """One write."""

        async def done() -> JsonObject | None:
            state = await self.observe(change.target, run.tenant)
            return state.facts if self.holds(change, state) else None

        path = f"/servicePrincipals/{change.target.id}"
        body = {"accountEnabled": False}
        await run.write(Write("switch", "PATCH", path, body, object_id=change.target.id), done)

    def holds(self, change: Change, state: State) -> bool:
        """It is disabled."""
        return state.facts["accountEnabled"] is False

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Not needed here."""
        return CannotUndo("a test does not undo")


class Ledger:
    """The journal of one run with many changes, as strict as the real one; `broken` makes every write of it fail."""

    run_id = "run-1"

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, StepRecord]] = {}
        self.ended: dict[str, ChangeResult] = {}
        self.order: list[str] = []
        self.notes: list[Note] = []
        self.open_intents: set[int] = set()
        self.clock = InstantClock()
        self.broken = False
        self.exit_code: int | None = None
        self._intents = 0

    def _check(self) -> None:
        if self.broken:
            raise IntegrityBroken("the disk is full")

    async def steps(self, change_id: str) -> Mapping[str, StepRecord]:
        """The latest attempt of each step."""
        return dict(self.kept.get(change_id, {}))

    async def intend(self, change: Change, step: StepIntent) -> Intent:
        """One more attempt, unless the last one is open or took effect."""
        self._check()
        known = self.kept.setdefault(change.change_id, {})
        last = known.get(step.step)
        if last is not None and last.state not in (StepState.REJECTED, StepState.ABSENT):
            raise IntegrityBroken(f"{step.step} is {last.state} and was to be sent again")
        attempt = last.attempt + 1 if last else 1
        known[step.step] = StepRecord(step.step, attempt, StepState.INTENT, {}, iso(self.clock.now()))
        self._intents += 1
        self.open_intents.add(self._intents)
        return Intent(self._intents, self.run_id, change.change_id, step.step, attempt, str(uuid4()))

    async def settle(self, change: Change, step: StepIntent, attempt: int, outcome: StepOutcome) -> None:
        """What became of the open attempt."""
        self._check()
        record = self.kept[change.change_id][step.step]
        if record.attempt != attempt or record.state.settled:
            raise IntegrityBroken(f"{step.step} is not waiting for its outcome")
        self.kept[change.change_id][step.step] = replace(record, state=outcome.state, facts=outcome.facts)

    async def note(self, note: Note) -> None:
        """Keep it."""
        self._check()
        self.notes.append(note)

    async def result(self, change: Change, result: ChangeResult) -> None:
        """Keep how a change ended, and in which order."""
        self._check()
        self.ended[change.change_id] = result
        self.order.append(change.change_id)

    async def results(self) -> Mapping[str, ChangeResult]:
        """What has ended."""
        return dict(self.ended)

    async def finish(self, exit_code: int) -> None:
        """The end."""
        self.exit_code = exit_code

    def states(self, change: Change) -> dict[str, StepState]:
        """The state of each step of a change."""
        return {name: record.state for name, record in self.kept.get(change.change_id, {}).items()}


class Directory(FakeTenant):
    """Service principals; `answers` hold, by object id, what becomes of its next writes.

    `lost`: it takes effect and no answer comes. `unknown`: it does not, and no answer comes. `crash`: it does, and the
    process dies. An exception is raised without effect. What is not said is performed.
    """

    def __init__(self, ledger: Ledger, targets: Sequence[Target] = ()) -> None:
        super().__init__(ledger)  # type: ignore[arg-type]  # all that is used of it are its open intents
        self.answers: dict[str, list[str | Exception]] = {}
        self.on_write: Callable[[Write], None] = lambda write: None
        self.collections["/servicePrincipals"] = [
            {"id": target.id, "appId": target.app_id, "accountEnabled": True} for target in targets
        ]

    async def write(self, write: Write, intent: Intent) -> Receipt:
        """Do what was ordered."""
        self.redeem(intent)
        self.on_write(write)
        ordered = self.answers.get(write.object_id, [])
        answer = ordered.pop(0) if ordered else "performed"
        if isinstance(answer, Exception):
            raise answer
        if answer == "unknown":
            raise OutcomeUnknown("no answer")
        self.writes.append(write)
        receipt = self._effect(write)
        if answer == "lost":
            raise OutcomeUnknown("no answer")
        if answer == "crash":
            raise Crash
        return receipt

    def enabled(self, target: Target) -> Any:
        """Whether it is enabled now."""
        return self.find(f"/servicePrincipals/{target.id}")["accountEnabled"]


class TwoWrites(Toggle):
    """Toggles twice, so that there is a place between two writes."""

    async def apply(self, change: Change, run: Run) -> None:
        """Two writes."""
        for step in ("first", "second"):

            async def never() -> None:
                return None

            target = change.target.id
            body = {"accountEnabled": False}
            await run.write(Write(step, "PATCH", f"/servicePrincipals/{target}", body, object_id=target), never)


def an_execution(tenant: FakeTenant, ledger: Ledger, *actions: Toggle, **changed: Any) -> Execution:
    """Everything that applying needs; the events are thrown away unless a listener is given."""
    known: dict[str, Action] = {action.name: action for action in actions or (Toggle(),)}
    execution = Execution(
        tenant=tenant,
        actions=known,
        journal=ledger,
        clock=ledger.clock,
        settings=SETTINGS,
        guards=GuardSettings(),
        facts=FACTS,
        listener=lambda event: None,
        stopping=lambda: False,
    )
    return replace(execution, **changed)


class Heard:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        """Remember it."""
        self.events.append(event)
