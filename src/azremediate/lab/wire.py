"""Everything between the socket and a simulated service: latency, quotas, faults, recording, counting."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final

from azremediate.lab.connection import AsgiApp, Receive, Scope, Send, connection_of
from azremediate.lab.disturbance import Stage, leave, play, status_answer
from azremediate.lab.exchange import Answer, Request, call, parse_json, read_request, send_answer
from azremediate.lab.faults import FaultBook, FaultRule
from azremediate.lab.mailbox_limit import MailboxLimit
from azremediate.lab.objects import JsonObject
from azremediate.lab.recording import Recording
from azremediate.lab.throttle import Throttle
from azremediate.lab.tokens import GRAPH_AUDIENCE, Authenticate, Claims

CONTROL_PREFIX: Final = "/_lab/"
_VERSION: Final = re.compile(r"^/(v1\.0|beta)(?=/)")
_GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SNAPSHOTS: Final = 2000

StepRefusal = tuple[int, dict[str, str], JsonObject]


@dataclass(slots=True)
class WireSettings:
    """What disturbs and watches all services of one lab; shared by its wires and changed while they run."""

    authenticate: Authenticate
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    latency: float = 0.0
    throttle: Throttle | None = None
    mailboxes: MailboxLimit = field(default_factory=MailboxLimit)
    faults: FaultBook = field(default_factory=FaultBook)
    recording: Recording | None = None
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    # Called when a fault kept a write from reaching its service: (request, status or 0, app id).
    on_lost_write: Callable[[Request, int, str | None], None] | None = None


class Wire:
    """The ASGI application that stands in front of one service's; `app` may be exchanged while it runs."""

    def __init__(self, service: str, app: AsgiApp, settings: WireSettings, control: AsgiApp | None = None) -> None:
        self.service = service
        self.app = app
        self._settings = settings
        self._control = control
        self._closing = asyncio.Event()
        self._snapshots = _Snapshots()

    def release(self) -> None:
        """End every hang, so that the server can stop; call it in the server's loop."""
        self._closing.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._control is not None and scope["path"].startswith(CONTROL_PREFIX):
            await self._control(scope, receive, send)
            return
        request = await read_request(self.service, scope, receive)
        if request is None:
            return
        settings = self._settings
        settings.counts[self.service, request.method, template_of(request.path)] += 1
        with settings.mailboxes.place(self._caller(request), request.path) as refusal:
            if settings.latency:
                await asyncio.sleep(settings.latency)
            answer = refusal or await self._answer(request, scope, receive)
        if answer is None:
            return
        if answer.header("date") is None:
            answer = answer.with_headers([("date", format_datetime(settings.now(), usegmt=True))])
        if settings.recording is not None:
            settings.recording.add(request, answer)
        await send_answer(answer, send)
        if answer.cut is not None:
            await leave(connection_of(scope), receive, abruptly=False)

    async def _answer(self, request: Request, scope: Scope, receive: Receive) -> Answer | None:
        refusal, extra = self._admit(request)
        if refusal is not None:
            return refusal
        served: list[Answer] = []

        async def perform() -> Answer:
            if not served:
                served.append(await call(self.app, scope, request))
            return served[0]

        previous = await self._previous(request, perform)
        rule = self._settings.faults.choose(
            self.service,
            request.method,
            request.path,
            usable=lambda rule: rule.kind != "stale" or previous is not None,
        )
        if rule is None:
            answer = await perform()
            self._snapshots.add(request, answer)
            return answer.with_headers(extra)
        replaced = self._settings.faults.replaced
        stage = Stage(request, perform, receive, connection_of(scope), self._closing, replaced, previous)
        disturbed = await play(rule, stage)
        if not served:
            self._report_lost(request, disturbed)
        return disturbed if disturbed is None else disturbed.with_headers(extra)

    async def _previous(self, request: Request, perform: Callable[[], Awaitable[Answer]]) -> Answer | None:
        """Return an older answer to the same GET, where a rule wants one and the object has changed since."""
        if request.method != "GET" or not self._settings.faults.wants_stale(self.service, "GET", request.path):
            return None
        return self._snapshots.before(request, await perform())

    def _admit(self, request: Request) -> tuple[Answer | None, tuple[tuple[str, str], ...]]:
        throttle = self._settings.throttle
        # The steps of a batch are counted one by one, by the gate.
        if self.service != "graph" or throttle is None or request.path.lower().endswith("/$batch"):
            return None, ()
        path = _VERSION.sub("", request.path)
        admission = throttle.admit(request.method, path, request.options, self._caller(request))
        if admission.refusal is not None:
            self._report_lost(request, admission.refusal)
        return admission.refusal, admission.headers

    def _caller(self, request: Request) -> str:
        claims = self._settings.authenticate(request.headers, GRAPH_AUDIENCE)
        return claims.app_id if isinstance(claims, Claims) else ""

    def _report_lost(self, request: Request, answer: Answer | None) -> None:
        if request.method != "GET" and self.service != "login" and self._settings.on_lost_write is not None:
            app_id = self._caller(request) or None
            self._settings.on_lost_write(request, answer.status if answer is not None else 0, app_id)


class _Snapshots:
    """The last two different answers to each GET, so that a read can be answered with a former state."""

    def __init__(self) -> None:
        self._answers: dict[str, list[Answer]] = {}

    def add(self, request: Request, answer: Answer) -> None:
        if request.method != "GET":
            return
        known = self._answers.pop(request.url, [])
        if not known or known[-1].body != answer.body:
            known = [*known[-1:], answer]
        self._answers[request.url] = known
        if len(self._answers) > _SNAPSHOTS:
            del self._answers[next(iter(self._answers))]

    def before(self, request: Request, current: Answer) -> Answer | None:
        """Return the newest known answer that differs from the current one."""
        known = reversed(self._answers.get(request.url, []))
        return next((answer for answer in known if answer.body != current.body), None)


class StepGate:
    """Lets quotas and status faults act on the single steps of a $batch."""

    def __init__(self, settings: WireSettings) -> None:
        self._settings = settings

    def __call__(self, method: str, path: str, app_id: str) -> StepRefusal | None:
        """Return (status, headers, body) to refuse a step, None to let it through; `path` starts with the version."""
        if self._settings.throttle is not None:
            # The query is not known here, so that a step with $select counts one unit more than it would alone.
            admission = self._settings.throttle.admit(method, _VERSION.sub("", path), {}, app_id)
            if admission.refusal is not None:
                return _as_step(admission.refusal)
        rule = self._settings.faults.choose("graph", method, path, usable=_acts_on_steps)
        if rule is None:
            return None
        return _as_step(status_answer("graph", rule.status, code=rule.code, retry_after=rule.retry_after))


def template_of(path: str) -> str:
    """Return a path with its GUIDs replaced, so that requests for different objects count as one."""
    return _GUID.sub("{id}", path)


def _acts_on_steps(rule: FaultRule) -> bool:
    return rule.kind == "status" and rule.when == "before"


def _as_step(answer: Answer) -> StepRefusal:
    names = {"retry-after": "Retry-After", "content-type": "Content-Type"}
    headers = {names.get(key, key): value for key, value in answer.headers}
    body: JsonObject = parse_json(answer.body)
    return answer.status, headers, body
