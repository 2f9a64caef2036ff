"""Writes to Microsoft Graph: each at most once, under an intent, and with an outcome that is never guessed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from azremediate.core.errors import RequestRefused, TenantError
from azremediate.core.json_value import Json, JsonObject
from azremediate.core.ports import Version
from azremediate.core.secret import Secret
from azremediate.core.write import Intent, Receipt, Write
from azremediate.tenant.addresses import checked_path, prefix_of
from azremediate.tenant.answers import Answer, Unanswered, Unsent, not_sent, unknown, write_error
from azremediate.tenant.bodies import Unreadable, encode_body, parse_object
from azremediate.tenant.connection import Connection
from azremediate.tenant.governor import Governor
from azremediate.tenant.graph import GraphReader, error_code
from azremediate.tenant.quota import cost_of

_METHODS: Final = frozenset({"POST", "PATCH", "PUT", "DELETE"})


@dataclass(frozen=True, slots=True)
class _Revealed:
    facts: JsonObject
    secret: Secret | None


class GraphWriter:
    """The write of `core.ports.TenantWriter`.

    redeem: takes an intent back, once; raises `IntegrityBroken` for anything but a committed, unused one. It is called
    immediately before the request is sent.
    """

    def __init__(
        self, connection: Connection, governor: Governor, reader: GraphReader, redeem: Callable[[Intent], None]
    ) -> None:
        self._connection = connection
        self._governor = governor
        self._reader = reader
        self._redeem = redeem

    async def write(self, write: Write, intent: Intent) -> Receipt:
        """Send a write at most once; see `TenantWriter.write`."""
        if write.method not in _METHODS:
            raise RequestRefused(f"{write.method} is not a write; nothing was sent")
        url = prefix_of(self._connection.base, Version.V1) + checked_path(write.path)
        cost = cost_of(write.method, write.path)
        async with self._governor.writing(cost, write.object_id):
            answer = await self._send(write, url, intent)
        asked = self._reader.seconds_asked(answer.headers.get("retry-after"))
        if answer.status == 429 and asked is not None:
            self._governor.throttled(cost.workload, asked)
        if answer.status == 429:
            self._governor.refused_write(cost, asked or 0.0)
        elif answer.status < 300:
            self._governor.took_write(cost)
        return _receipt(write, answer, asked)

    async def _send(self, write: Write, url: str, intent: Intent) -> Answer:
        what = f"{write.method} {write.path}"
        problem: TenantError
        try:
            return await self._connection.send(
                write.method,
                url,
                make_body=lambda: encode_body(write.body),
                before=lambda: self._redeem(intent),
                client_request_id=intent.client_request_id,
            )
        except Unsent as error:
            problem = not_sent(str(error))
        except (Unanswered, Unreadable) as error:
            problem = unknown(str(error), what)
        raise problem


def _receipt(write: Write, answer: Answer, asked: float | None) -> Receipt:
    what = f"{write.method} {write.path}"
    request_id = answer.request_id
    code = "" if answer.status < 300 else error_code(answer)
    error = write_error(answer.status, code, request_id, what, asked)
    if error is not None:
        raise error
    problem = ""
    revealed = _Revealed({}, None)
    try:
        revealed = _reveal(write, answer)
    except Unreadable as unreadable:
        problem = str(unreadable)
    if problem:
        raise unknown(problem, what, status=answer.status, request_id=request_id)
    return Receipt(
        revealed.facts, revealed.secret, request_id, answer.status, server_time=answer.headers.get("date", "")[:64]
    )


def _reveal(write: Write, answer: Answer) -> _Revealed:
    """The answer's members, with the secret taken out; raises `Unreadable` when something expected is not there."""
    needed = [*write.expects, *([write.reveals] if write.reveals else [])]
    if answer.status == 204 and not needed:
        return _Revealed({}, None)
    members: dict[str, Json] = {} if answer.status == 204 else dict(parse_object(answer.body, answer.content_type))
    text = members.pop(write.reveals, None) if write.reveals else None
    if write.reveals and not (isinstance(text, str) and text):
        raise Unreadable(f"the answer has no {write.reveals}")
    for name in write.expects:
        if name != write.reveals and members.get(name) in (None, ""):
            raise Unreadable(f"the answer has no {name}")
    facts = {name: value for name, value in members.items() if not name.startswith("@odata.")}
    if isinstance(text, str) and _holds(facts, text):
        raise Unreadable("the answer repeats the secret where it does not belong")
    return _Revealed(facts, Secret(text) if isinstance(text, str) else None)


def _holds(value: Json, text: str) -> bool:
    if isinstance(value, str):
        return text in value
    if isinstance(value, Mapping):
        return any(text in name or _holds(inner, text) for name, inner in value.items())
    if isinstance(value, list):
        return any(_holds(inner, text) for inner in value)
    return False
