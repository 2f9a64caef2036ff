"""What an answer to a write gives: its facts with the secret taken out, or the error that it means."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from azremediate.core.json_value import Json, JsonObject
from azremediate.core.secret import Secret
from azremediate.core.write import Receipt
from azremediate.tenant.answers import Answer, unknown, write_error
from azremediate.tenant.bodies import Unreadable, parse_object
from azremediate.tenant.graph import error_code


class Answering(Protocol):
    """What a write says of the answer that it needs; see `core.write.Write`."""

    @property
    def reveals(self) -> str:
        """The member that holds a secret."""
        ...

    @property
    def expects(self) -> tuple[str, ...]:
        """Members that must be there."""
        ...


@dataclass(frozen=True, slots=True)
class _Revealed:
    facts: JsonObject
    secret: Secret | None


def receipt_of(write: Answering, what: str, answer: Answer, asked: float | None) -> Receipt:
    """What is known of the write that was answered so; raises the error that its answer means.

    what: method and path, for a person. asked: seconds that the answer asks to wait.
    """
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


def _reveal(write: Answering, answer: Answer) -> _Revealed:
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
