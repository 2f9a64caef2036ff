"""The list of disturbances a lab was told to play: which requests they hit, and how often."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from azremediate.lab.files import LabFileError, read_json_file

KINDS: Final = (
    "status", "reset", "hang", "truncate", "redirect", "stale", "delay", "not-json", "empty", "drop"
)  # fmt: skip
DEFAULT_STATUS: Final = 503
SERVICES: Final = ("graph", "login", "arm", "vault")


@dataclass(frozen=True, slots=True)
class FaultRule:
    """One disturbance and the requests it hits.

    `path` is a regular expression searched in the decoded path. Of the matching requests the first `after` pass, then
    each `every`-th one is hit with `probability`, `times` times in all (None: without end). `when` says whether the
    request takes effect: with "before" the service never sees it, with "after" only the answer is lost. `seconds`
    belongs to hang (None: until the client leaves) and delay (None: until the faults are replaced), `bytes` to
    truncate, `location` to redirect, `fields` to drop, `status`, `retry_after` and `code` to status.
    """

    kind: str
    service: str = "graph"
    method: str = ""
    path: str = ""
    when: str = "before"
    times: int | None = 1
    after: int = 0
    every: int = 1
    probability: float = 1.0
    seed: int = 1
    status: int = DEFAULT_STATUS
    retry_after: str | None = None
    code: str | None = None
    seconds: float | None = None
    bytes: int = 0
    location: str = ""
    fields: tuple[str, ...] = ()

    def matches(self, service: str, method: str, path: str) -> bool:
        """True when the rule is about such a request, whether or not its turn has come."""
        return (
            self.service == service
            and self.method.upper() in ("", method)
            and re.search(self.path, path, re.IGNORECASE) is not None
        )


@dataclass(slots=True)
class _Armed:
    rule: FaultRule
    chance: random.Random
    seen: int = 0
    fired: int = 0

    def due(self) -> bool:
        """Count one matching request and tell whether the rule hits it."""
        self.seen += 1
        turn = self.seen - self.rule.after
        if turn <= 0 or (turn - 1) % self.rule.every or self.fired == self.rule.times:
            return False
        if self.rule.probability < 1 and self.chance.random() >= self.rule.probability:
            return False
        self.fired += 1
        return True


@dataclass(slots=True)
class FaultBook:
    """The armed rules of one lab; the first rule that is due takes the request."""

    _armed: list[_Armed] = field(default_factory=list)
    replaced: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the rules that are armed now are replaced; each set of rules has its own."""

    def replace(self, rules: Sequence[FaultRule]) -> None:
        """Forget the old rules with their counts and arm these; call it in the lab's loop once that runs."""
        self.replaced.set()
        self.replaced = asyncio.Event()
        self._armed = [_Armed(rule, random.Random(rule.seed)) for rule in rules]  # noqa: S311 - repeatable on purpose

    def choose(
        self, service: str, method: str, path: str, *, usable: Callable[[FaultRule], bool] = lambda _: True
    ) -> FaultRule | None:
        """Return the rule that hits this request and count it; `usable` leaves out rules that cannot be played here."""
        for armed in self._armed:
            if armed.rule.matches(service, method, path) and usable(armed.rule) and armed.due():
                return armed.rule
        return None

    def wants_stale(self, service: str, method: str, path: str) -> bool:
        """True when a rule of kind stale is about such a request and has not fired often enough."""
        return any(
            armed.rule.kind == "stale" and armed.fired != armed.rule.times and armed.rule.matches(service, method, path)
            for armed in self._armed
        )

    def report(self) -> list[dict[str, Any]]:
        """Return every rule with how many requests matched it (`seen`) and were hit (`fired`)."""
        return [asdict(armed.rule) | {"seen": armed.seen, "fired": armed.fired} for armed in self._armed]


_NUMBERS: Final[Mapping[str, tuple[float, float]]] = {
    "after": (0, 10**9), "every": (1, 10**9), "seed": (0, 2**63), "status": (200, 599), "bytes": (0, 10**9),
}  # fmt: skip
_REALS: Final[Mapping[str, tuple[float, float]]] = {"probability": (0, 1), "seconds": (0, 3600)}
_TEXTS: Final = ("kind", "service", "method", "path", "when", "retry_after", "code", "location")


def parse_faults(value: object, where: str = "faults") -> list[FaultRule]:
    """Check a list of objects and return it as rules; raises LabFileError naming `where` and the rule's number."""
    if not isinstance(value, list):
        raise LabFileError(f"{where}: expected a list of rules")
    return [_parse_rule(item, f"{where}: rule {number}") for number, item in enumerate(value, 1)]


def load_faults(path: Path) -> list[FaultRule]:
    """Read a JSON file with a list of rules; raises LabFileError with the line where the JSON is broken."""
    return parse_faults(read_json_file(path), str(path))


def _parse_rule(item: object, where: str) -> FaultRule:
    if not isinstance(item, dict):
        raise LabFileError(f"{where}: expected an object")
    known = FaultRule.__dataclass_fields__
    for name in item:
        if name not in known:
            raise LabFileError(f"{where}: unknown key '{name}'")
    if item.get("kind") not in KINDS:
        raise LabFileError(f"{where}: kind must be one of {', '.join(KINDS)}")
    values = {name: _check(name, value, where) for name, value in item.items()}
    rule = FaultRule(**values)
    _check_choices(rule, where)
    return rule


def _check(name: str, value: object, where: str) -> Any:
    if name in _NUMBERS or name in _REALS or name == "times":
        return _check_number(name, value, where)
    if name == "fields":
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            return tuple(value)
        raise LabFileError(f"{where}: fields must be a list of property names")
    if name == "retry_after" and isinstance(value, int | float):
        return str(value)
    if isinstance(value, str) or (value is None and name in ("retry_after", "code")):
        return value
    raise LabFileError(f"{where}: {name} must be text")


def _check_number(name: str, value: object, where: str) -> float | None:
    if value is None and name in ("times", "seconds"):
        return None
    low, high = {**_NUMBERS, **_REALS, "times": (0, 10**9)}[name]
    whole = name not in _REALS
    fits = isinstance(value, int) if whole else isinstance(value, int | float)
    if not fits or isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise LabFileError(f"{where}: {name} must be a {'whole ' if whole else ''}number from {low} to {high}")
    return value


def _check_choices(rule: FaultRule, where: str) -> None:
    if rule.service not in SERVICES:
        raise LabFileError(f"{where}: service must be one of {', '.join(SERVICES)}")
    if rule.when not in ("before", "after"):
        raise LabFileError(f"{where}: when must be before or after")
    if rule.kind == "redirect" and not rule.location:
        raise LabFileError(f"{where}: a redirect needs a location")
    try:
        re.compile(rule.path)
    except re.error as error:
        raise LabFileError(f"{where}: path is not a regular expression ({error.msg})") from error
