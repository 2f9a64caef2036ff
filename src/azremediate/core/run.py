"""What an action is given to make a change with: fresh reads, and writes that take effect once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from azremediate.core.change import Change
from azremediate.core.clock import Clock
from azremediate.core.config import Reconcile, SecretStore, Throttle
from azremediate.core.durable import (
    BACKOFF_LIMIT,
    WITHOUT_EFFECT,
    DurableWrites,
    Expired,
    Frozen,
    Recognise,
    never_expired,
    never_frozen,
)
from azremediate.core.errors import ChangeFailed, ObjectMissing, OutcomeUnknown
from azremediate.core.events import Listener, Waiting
from azremediate.core.json_value import JsonObject
from azremediate.core.ports import KeyMaker, Read, SignIn, SignInAnswer, TenantReader, TenantWriter
from azremediate.core.record import Note, RunJournal, StepIntent, StepOutcome
from azremediate.core.secret import Secret
from azremediate.core.target import TargetKind
from azremediate.core.write import AzureWrite, Body, Intent, Receipt, SecretWrite, StepState, StoredSecret, Write

Renew: TypeAlias = Callable[[], Awaitable[Body]]
"""Reads what a body has to be made of, and makes it."""

__all__ = ["Recognise", "Renew", "Run", "RunSettings", "SecretLost"]


class SecretLost(ChangeFailed):
    """A new secret was issued, but its value was lost before it was stored; the stray has to be removed."""


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How patient a run is, and where secrets go. ahead: by how much the service's clock is ahead of this machine's."""

    reconcile: Reconcile
    throttle: Throttle
    secrets: SecretStore
    ahead: Callable[[], timedelta] = timedelta


class Run:
    """The making of one change.

    proof: what shows the result; an action adds to it, never a secret. settings: of the whole run.
    """

    def __init__(
        self,
        change: Change,
        tenant: TenantWriter,
        journal: RunJournal,
        clock: Clock,
        *,
        settings: RunSettings,
        listener: Listener,
        frozen: Frozen = never_frozen,
        expired: Expired = never_expired,
    ) -> None:
        self._change = change
        self._tenant = tenant
        self._journal = journal
        self._listener = listener
        self._writes = DurableWrites(
            change,
            journal,
            clock,
            reconcile=settings.reconcile,
            throttle=settings.throttle,
            listener=listener,
            frozen=frozen,
            expired=expired,
        )
        self.clock = clock
        self.settings = settings
        self.proof: dict[str, str | int | bool] = {}

    @property
    def tenant(self) -> TenantReader:
        """The tenant, for reading."""
        return self._tenant

    @property
    def request_ids(self) -> tuple[str, ...]:
        """Request ids of the writes sent so far."""
        return tuple(self._writes.request_ids)

    async def write(
        self, write: Write, recognise: Recognise, *, urgent: bool = False, renew: Renew | None = None
    ) -> Receipt:
        """Make one write take effect once, and return what is known of it.

        recognise: reads whether this write's effect is in the tenant, and its facts. urgent: it takes back what must
        not stay, so that not even a freeze stops it. renew: makes the body just before each attempt, for a list that is
        replaced as a whole; a `TenantError` from it counts as the attempt's. Raises the `TenantError` that refused it,
        `OutcomeUnresolved`, `Stopped`, or `ChangeFailed` for a write to anything but the change's own target.
        """
        await self._check_place(write)
        step = StepIntent(write.step, "graph", write.method, write.path)

        async def send(intent: Intent) -> Receipt:
            order = write if renew is None else replace(write, body=await renew())
            return _expected(write, await self._tenant.write(order, intent))

        absent_is_done = write.absent_is_done
        return await self._writes.perform(step, send, recognise, absent_is_done=absent_is_done, urgent=urgent)

    async def effect_of(self, step: str) -> JsonObject | None:
        """The facts of a step that took effect, as the journal holds them; nothing is sent."""
        record = await self._writes.recorded(step)
        return record.facts if record is not None and record.state is StepState.PERFORMED else None

    async def begun(self, step: str) -> bool:
        """Whether a step was sent before and may have had an effect; nothing is sent."""
        record = await self._writes.recorded(step)
        return record is not None and record.state not in WITHOUT_EFFECT

    async def write_azure(self, write: AzureWrite, recognise: Recognise) -> Receipt:
        """Make one write to Azure Resource Manager take effect once; as `write`.

        Whether the resource belongs to the target is for the action to check: its id does not say so.
        """
        if write.object_id.lower() not in self._change.target.ids:
            raise ChangeFailed(f"{write.step}: {write.path} is not about the target of the change; nothing was sent")
        step = StepIntent(write.step, "arm", write.method, write.path)

        async def send(intent: Intent) -> Receipt:
            return _expected(write, await self._tenant.azure.write(write, intent))

        return await self._writes.perform(step, send, recognise, absent_is_done=write.absent_is_done)

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self._journal.run_id

    @property
    def keys(self) -> KeyMaker:
        """Where new key pairs are made."""
        return self._tenant.keys

    def service_now(self) -> datetime:
        """The time by the service's clock, which judges the dates of what is made."""
        return self.clock.now() + self.settings.ahead()

    async def store(
        self, step: str, name: str, secret: Secret | None, tags: dict[str, str], *, content_type: str = ""
    ) -> StoredSecret:
        """Store a new secret as a version that carries `tags`, once.

        `secret` is None when its value is not known any more: then the version is looked for, and `SecretLost` raised
        when it is not there.
        """
        intended = StepIntent(step, "vault", "PUT", f"/secrets/{name}")

        async def find() -> JsonObject | None:
            for version in await self._tenant.secrets.versions(name):
                if all(version.tags.get(key) == value for key, value in tags.items()):
                    return {"name": name, "version": version.version}
            return None

        if secret is None:
            known = await self._writes.known(intended, find)
            facts = known.facts if known else await find()
            if facts is None:
                raise SecretLost(f"the value of a new secret for {name} was lost before it was stored")
            return _stored(facts)
        order = SecretWrite(step, name, secret, tags, content_type)

        async def send(intent: Intent) -> Receipt:
            stored = await self._tenant.secrets.store(order, intent)
            return Receipt({"name": stored.name, "version": stored.version}, request_id=stored.request_id)

        # A value in hand is put away even when the run is frozen: stopped here, it would be lost.
        return _stored((await self._writes.perform(intended, send, find, urgent=True)).facts)

    async def until_signed_in(self, app_id: str, stored: StoredSecret, *, certificate: bool = False) -> SignInAnswer:
        """Sign in with the value read back from the secret store until it is accepted; the last answer.

        The value read back proves the stored copy, not the one in memory. certificate: it is a private key with its
        certificate. Gives up after `secrets.proof_deadline`, and
        at once when the service says that the application is disabled.
        """
        deadline = self.clock.monotonic() + self.settings.secrets.proof_deadline.total_seconds()
        delay = self.settings.reconcile.poll.total_seconds()
        while True:
            value = await self._tenant.secrets.value(stored.name, stored.version)
            attempt = self._tenant.prover.try_certificate if certificate else self._tenant.prover.try_secret
            answer = await attempt(app_id, value)
            if answer.result in (SignIn.ACCEPTED, SignIn.DISABLED) or self.clock.monotonic() + delay > deadline:
                return answer
            self._listener(Waiting(f"the new credential does not sign in yet ({answer.code or answer.result})", delay))
            await self.clock.sleep(delay)
            delay = min(delay * 2, BACKOFF_LIMIT)

    async def wait(self, step: str, duration: timedelta) -> None:
        """Wait once; after a crash only what is left is waited."""
        if duration <= timedelta():
            return
        intended = StepIntent(step, "clock", "WAIT", "/")
        record = await self._writes.recorded(step)
        if record is not None and record.state is StepState.PERFORMED:
            return
        if record is None:
            attempt, left = (await self._journal.intend(self._change, intended)).attempt, duration
        else:
            passed = max(self.clock.now() - datetime.fromisoformat(record.started_at), timedelta())
            attempt, left = record.attempt, max(duration - passed, timedelta())
        self._listener(Waiting("overlap of the old and the new secret", left.total_seconds()))
        await self.clock.sleep(left.total_seconds())
        facts: JsonObject = {"seconds": duration.total_seconds()}
        await self._writes.settle(intended, attempt, StepOutcome(StepState.PERFORMED, facts))

    async def _check_place(self, write: Write) -> None:
        """Guards judge the target of a change; a plan that was tampered with could name something else in its work."""
        target = self._change.target
        if target.kind is TargetKind.TENANT:
            return
        inside = write.object_id.lower() in target.ids
        if write.names_target:
            inside = inside and await self._named_in(write)
        elif write.object_id not in write.path.split("/"):
            inside = False
        if not inside:
            raise ChangeFailed(f"{write.step}: {write.path} is not at the target of the change; nothing was sent")

    async def _named_in(self, write: Write) -> bool:
        """Whether a row that lies apart from its target names it; one that is gone names nobody else."""
        if isinstance(write.body, Mapping):
            named = write.body.get(write.names_target)
        else:
            try:
                named = (await self._tenant.get(Read(write.path))).get(write.names_target)
            except ObjectMissing:
                return True
        if isinstance(named, Sequence) and not isinstance(named, str) and len(named) == 1:
            named = named[0]  # an action that takes several at once is given the target alone
        return isinstance(named, str) and named.lower() == write.object_id.lower()

    async def note(self, event: str, outcome: str, **facts: str | int | bool) -> None:
        """Record something that happened to this change; no secret in it."""
        await self._journal.note(Note(event, outcome, self._change, facts=dict(facts)))


def _expected(write: Write | AzureWrite, receipt: Receipt) -> Receipt:
    """The receipt with what the action asks for; an answer may hold more than should be written down."""
    if missing := [name for name in write.expects if name not in receipt.facts]:
        raise OutcomeUnknown(
            f"{write.step}: the answer has no {missing[0]}", status=receipt.status, request_id=receipt.request_id
        )
    return replace(receipt, facts={name: receipt.facts[name] for name in write.expects})


def _stored(facts: JsonObject) -> StoredSecret:
    return StoredSecret(str(facts["name"]), str(facts["version"]))
