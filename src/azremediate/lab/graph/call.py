"""One request to the simulated Graph as its handlers see it, and the kinds of result they give back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from azremediate.lab.graph.errors import bad_request
from azremediate.lab.objects import JsonObject, Shelf
from azremediate.lab.schema.entity import EntityType
from azremediate.lab.store import Store
from azremediate.lab.tokens import Claims

Method = Literal["GET", "POST", "PATCH", "DELETE", "PUT"]
Version = Literal["v1.0", "beta"]


@dataclass(frozen=True, slots=True)
class Key:
    """What addresses one object in a path: its id (`name` None) or an alternate key such as appId."""

    value: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was authenticated and found its route; `keys` are the path's keys from left to right."""

    store: Store
    claims: Claims
    method: str
    version: Version
    origin: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: Any
    keys: tuple[Key, ...]
    cast: str | None = None

    @property
    def root(self) -> str:
        """The address of the version the request came to, without a slash at its end."""
        return f"{self.origin}/{self.version}"

    def json_body(self) -> JsonObject:
        """Return the body, which has to be a JSON object."""
        if not isinstance(self.body, dict):
            raise bad_request("Unable to read JSON request payload. Please ensure Content-Type header is set.")
        return self.body


@dataclass(frozen=True, slots=True)
class Listing:
    """A collection to be filtered, cut into pages and shown."""

    entity: EntityType
    rows: Collection[JsonObject] | Shelf
    context: str
    max_top: int = 999


@dataclass(frozen=True, slots=True)
class Single:
    """One entity to be shown."""

    entity: EntityType
    row: JsonObject
    context: str


@dataclass(frozen=True, slots=True)
class Done:
    """The result of an action or a write; `summary` goes into the ground-truth log and holds no secret."""

    summary: str
    status: int = 204
    body: JsonObject | None = None
    effect: bool = True


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes that are not JSON; they may hold a secret and are not shown."""

    data: bytes = field(repr=False)
    media_type: str


Result = Listing | Single | Done | Content
Handler = Callable[[Call], Result]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: method and path pattern, what serves it, which permissions it asks for.

    In `path` every `{...}` segment takes a key. `refusal` is the code of its 403.
    """

    method: Method
    path: str
    handler: Handler
    permissions: tuple[str, ...]
    refusal: str = "Authorization_RequestDenied"
    beta_only: bool = False
