"""One write to a tenant or to the secret store: what is sent, what allows it, what came back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from azremediate.core.json_value import JsonObject
from azremediate.core.secret import Secret

Body: TypeAlias = "bool | int | float | str | Secret | Sequence[Body] | Mapping[str, Body] | None"
"""A JSON body that may hold secrets; the transport puts their values in at the last moment."""


@dataclass(frozen=True, slots=True)
class Write:
    """One request that changes the tenant.

    step: name of the write within its change, unique there, e.g. `add-1`; the journal knows the write by it.
    path: starts with a slash, ids in it are GUIDs and already checked; always v1.0.
    object_id: the directory object whose writes must not overlap; empty for none (a policy, a new object).
    reveals: the member of the answer that holds a secret; it comes back as a `Secret` and nowhere else.
    expects: members that a successful answer must have, else the outcome is unknown.
    absent_is_done: whether 404 means that the effect is there already (a deletion).
    names_target: for what does not lie below its target (a consent grant, a role assignment): the member that has to
    name `object_id`, of the body where there is one, else of what lies at `path`.
    """

    step: str
    method: str
    path: str
    body: Body = None
    object_id: str = ""
    reveals: str = ""
    expects: tuple[str, ...] = ()
    absent_is_done: bool = False
    names_target: str = ""


@dataclass(frozen=True, slots=True)
class AzureWrite:
    """One request that changes something in Azure, through Azure Resource Manager.

    step, body, reveals, expects and absent_is_done: as in `Write`. path: a resource id, checked by the action that made
    it. api_version: of the resource type, e.g. 2022-04-01. object_id: the id of the change's target, which the resource
    is or belongs to; writes about it do not overlap.
    """

    step: str
    method: str
    path: str
    api_version: str
    object_id: str
    body: Body = None
    reveals: str = ""
    expects: tuple[str, ...] = ()
    absent_is_done: bool = False


@dataclass(frozen=True, slots=True)
class SecretWrite:
    """One new version of a secret in the secret store; `tags` hold no secret, `content_type` says what the value is."""

    step: str
    name: str
    secret: Secret
    tags: Mapping[str, str] = field(default_factory=dict)
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """Where a secret was stored."""

    name: str
    version: str
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Intent:
    """The permission to send one write: made by the journal after the intent is durable, usable once."""

    number: int
    run_id: str
    change_id: str
    step: str
    attempt: int
    client_request_id: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is known of a write that took effect.

    facts: the answer's members without any secret. secret: the revealed secret, None when the write was settled by
    reading or answered from the journal. settled: the effect was found by reading instead of in an answer.
    """

    facts: JsonObject
    secret: Secret | None = None
    request_id: str = ""
    status: int = 0
    server_time: str = ""
    settled: bool = False


class StepState(StrEnum):
    """What is known of one write: intent before it is sent, then its outcome."""

    INTENT = "intent"
    PERFORMED = "performed"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    ABSENT = "absent"

    @property
    def settled(self) -> bool:
        """Whether it is known if the write took effect."""
        return self not in (StepState.INTENT, StepState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class StepRecord:
    """The journal's latest entry for one step of one change; `facts` hold what a performed step gave."""

    step: str
    attempt: int
    state: StepState
    facts: JsonObject
    started_at: str
