"""The plan: everything that will be changed, reviewed before and bound to what it was made for."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from azremediate.core.canonical_parts import canonical_parts
from azremediate.core.change import Change
from azremediate.core.cloud import Cloud, Environment
from azremediate.core.codec import ShapeError, decode
from azremediate.core.credential import CompromisedCredential, RejectedRow
from azremediate.core.errors import PlanUnusable
from azremediate.core.json_value import Json, canonical, digest
from azremediate.core.manual_task import ManualTask
from azremediate.core.target import Target, Unresolvable

SCHEMA = "azremediate/plan/1"
MAX_BYTES = 512 * 1024 * 1024
MAX_DEPTH = 32


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one guard said of a target (`target_id` set) or of the whole plan."""

    guard: str
    passed: bool
    reason: str
    target_id: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A target for which there is no change, and why; `done` says that nothing needs to be done."""

    action: str
    target: Target
    reason: str
    done: bool


@dataclass(frozen=True, slots=True)
class UnresolvedRow:
    """A row that could not be matched with one object of the tenant."""

    lines: tuple[int, ...]
    kind: str
    identity: str
    why: Unresolvable
    reason: str
    candidates: tuple[str, ...]


class CaseState(StrEnum):
    """What the plan does about one listed credential."""

    CHANGES = "changes"
    NOTHING_TO_DO = "nothing-to-do"
    LEFT_OUT = "left-out"
    UNRESOLVED = "unresolved"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Case:
    """One listed credential and what the plan does about it.

    change_ids: the changes that touch its identity. `reason` says what is left to a person for `manual`, `left-out`
    and `unresolved`.
    """

    credential: CompromisedCredential
    state: CaseState
    target_id: str
    change_ids: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class PlanInput:
    """The credential list that the plan was made from: rows = used + merged + rejected."""

    name: str
    sha256: str
    rows: int
    used: int
    merged: int
    rejected: tuple[RejectedRow, ...]


@dataclass(frozen=True, slots=True)
class PlanOrigin:
    """What the plan is bound to: where, with which settings, by whom. Hashes are SHA-256 in hexadecimal."""

    tenant_id: str
    tenant_name: str
    tenant_domain: str
    cloud: Cloud
    environment: Environment
    playbook: str
    playbook_version: int
    playbook_sha256: str
    config_sha256: str
    planner_app_id: str
    planner_object_id: str
    tool_version: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan; `plan_id` is the SHA-256 of the canonical body without it."""

    schema: str
    plan_id: str
    origin: PlanOrigin
    input: PlanInput | None
    applicable: bool
    changes: tuple[Change, ...]
    skips: tuple[LeftOut, ...]
    refused: tuple[LeftOut, ...]
    unresolved: tuple[UnresolvedRow, ...]
    cases: tuple[Case, ...]
    manual_tasks: tuple[ManualTask, ...]
    guards: tuple[Verdict, ...]
    warnings: tuple[str, ...]

    def change(self, change_id: str) -> Change:
        """The change with this id."""
        return next(change for change in self.changes if change.change_id == change_id)


def sealed(plan: Plan) -> Plan:
    """The same plan with its id."""
    whole = sha256()
    for part in canonical_parts(plan, without="plan_id"):
        whole.update(part)
    return replace(plan, plan_id=whole.hexdigest())


def _plan_id(body: Mapping[str, Json], content: bytes) -> str:
    """The id that the plan should have; `content` is the body in canonical form, from which its own id is cut out."""
    own = b',"plan_id":' + canonical(body.get("plan_id"))
    if content.count(own) == 1:  # its own, for it has that member
        before, after = content.split(own)
        return sha256(before + after).hexdigest()
    return digest({name: value for name, value in body.items() if name != "plan_id"})


def plan_parts(plan: Plan) -> Iterator[bytes]:
    """The plan as it stands in its file, piece by piece: canonical JSON and a final line feed."""
    yield from canonical_parts(plan)
    yield b"\n"


def plan_bytes(plan: Plan) -> bytes:
    """The same as a whole."""
    return b"".join(plan_parts(plan))


def parse_plan(content: bytes, name: str) -> Plan:
    """A plan from the bytes of its file; `PlanUnusable` when any byte is not what the planner wrote."""
    remedy = "make the plan again with `azremediate plan`"
    if len(content) > MAX_BYTES:
        raise PlanUnusable(f"{name} is larger than {MAX_BYTES // 1024 // 1024} MiB", hint=remedy)
    try:
        document: Json = json.loads(content.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
        if not isinstance(document, Mapping):
            raise ShapeError("it is not a JSON object")
        if _deeper_than(document, MAX_DEPTH):
            raise ShapeError(f"it is nested deeper than {MAX_DEPTH} levels")
        if document.get("schema") != SCHEMA:
            raise ShapeError(f"its schema is not {SCHEMA}")
        body = canonical(document)
        if body + b"\n" != content:
            raise ShapeError("it is not in canonical form: it was altered or truncated")
        if _plan_id(document, body) != document.get("plan_id"):
            raise ShapeError("its content does not fit its plan_id: it was altered")
        return _checked(decode(Plan, document, "the plan"))
    except RecursionError:
        raise PlanUnusable(f"{name} is no usable plan: it is nested too deeply", hint=remedy) from None
    except ValueError as error:
        text = str(error) if isinstance(error, ShapeError) else "it is no JSON text"
        raise PlanUnusable(f"{name} is no usable plan: {text}", hint=remedy) from None


def _checked(plan: Plan) -> Plan:
    """The plan, if its changes are in the order in which they are made, each once and in the plan's own tenant."""
    known: set[str] = set()
    order = 0
    for change in plan.changes:
        where = f"change {change.change_id[:20]!r}"
        if change.change_id in known:
            raise ShapeError(f"{where} stands twice in it")
        if change.target.tenant_id.lower() != plan.origin.tenant_id.lower():
            raise ShapeError(f"{where} is for another tenant")
        if change.phase.order < order:
            raise ShapeError(f"{where} is not in its place: what contains comes first")
        if not known.issuperset(change.depends_on):
            raise ShapeError(f"{where} depends on one that does not come before it")
        known.add(change.change_id)
        order = change.phase.order
    return plan


def _deeper_than(value: Json, levels: int) -> bool:
    """Whether a value, as `json.loads` gives it, is nested deeper than that."""
    kind = type(value)
    if kind is dict:
        inner: Iterable[Json] = value.values()  # type: ignore[union-attr]  # a dict
    elif kind is list:
        inner = value  # type: ignore[assignment]  # a list
    else:
        return False
    return levels == 0 or any(type(item) in _NESTED and _deeper_than(item, levels - 1) for item in inner)


_NESTED = frozenset({dict, list})


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ShapeError("a member stands twice in one object")
    return found


def _no_constant(name: str) -> Json:
    raise ShapeError(f"{name} is no JSON number")
