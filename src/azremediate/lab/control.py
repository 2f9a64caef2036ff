"""The control paths of a running lab: what a test or a demonstration may look at and change while it runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final, Protocol

from azremediate.lab.connection import AsgiApp
from azremediate.lab.exchange import Answer, Request, as_asgi, json_answer
from azremediate.lab.faults import parse_faults
from azremediate.lab.files import LabFileError
from azremediate.lab.store import Store

_LOOPBACK_HOST: Final = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?", re.IGNORECASE)


class Controlled(Protocol):
    """What the control paths need of a lab; every method is called in the lab's own loop."""

    @property
    def store(self) -> Store:
        """The current tenant."""

    def arm_faults(self, rules: list[Any]) -> None:
        """Replace the list of faults by checked rules."""

    def fault_report(self) -> list[dict[str, Any]]:
        """Return the faults with their counts."""

    def request_counts(self) -> list[dict[str, Any]]:
        """Return how often each method and path was asked for."""

    def restore(self) -> None:
        """Go back to the tenant as it was at the start, without faults and counts."""


def control_app(lab: Controlled) -> AsgiApp:
    """Return the ASGI application behind /_lab/; it answers loopback hosts only and no browser page."""
    return as_asgi("control", _Control(lab).answer)


class _Control:
    def __init__(self, lab: Controlled) -> None:
        self._lab = lab
        self._handlers: dict[tuple[str, str], Callable[[Any], Answer]] = {
            ("GET", "health"): lambda _body: json_answer(200, {"status": "ok"}),
            ("POST", "reset"): self._reset,
            ("GET", "writes"): self._writes,
            ("GET", "unknown"): lambda _body: json_answer(200, {"value": self._lab.store.unknown_requests}),
            ("GET", "requests"): lambda _body: json_answer(200, {"value": self._lab.request_counts()}),
            ("GET", "state"): self._state,
            ("GET", "faults"): lambda _body: json_answer(200, {"value": self._lab.fault_report()}),
            ("POST", "faults"): self._faults,
            ("POST", "clock"): self._clock,
            ("POST", "lag"): self._set_lag,
            ("POST", "permissions"): self._permissions,
        }

    def answer(self, request: Request) -> Answer:
        # A page in a browser could reach 127.0.0.1 under its own name (DNS rebinding) or by a cross-origin POST.
        if not _LOOPBACK_HOST.fullmatch(request.headers.get("host", "")) or "origin" in request.headers:
            return json_answer(403, {"error": "The control paths answer local programs only."})
        handler = self._handlers.get((request.method, request.path.removeprefix("/_lab/").strip("/")))
        if handler is None:
            known = sorted(f"{method} /_lab/{name}" for method, name in self._handlers)
            return json_answer(404, {"error": "No such control path.", "known": known})
        try:
            return handler(request.json())
        except LabFileError as error:
            return json_answer(400, {"error": str(error)})

    def _reset(self, _body: Any) -> Answer:
        self._lab.restore()
        return json_answer(200, {"status": "reset"})

    def _writes(self, _body: Any) -> Answer:
        return json_answer(200, {"value": [_plain(asdict(record)) for record in self._lab.store.writes]})

    def _state(self, _body: Any) -> Answer:
        return json_answer(200, self._lab.store.to_json(secrets=False))

    def _faults(self, body: Any) -> Answer:
        self._lab.arm_faults(parse_faults(body))
        return json_answer(200, {"value": self._lab.fault_report()})

    def _clock(self, body: Any) -> Answer:
        self._lab.store.clock.advance(_number(body, "advance", low=-(10**9)))
        return json_answer(200, {"now": self._lab.store.clock.now().isoformat()})

    def _set_lag(self, body: Any) -> Answer:
        lag = self._lab.store.lag
        for name in ("secret_delay", "read_lag"):
            if isinstance(body, dict) and name in body:
                setattr(lag, name, _number(body, name, low=0))
        return json_answer(200, asdict(lag))

    def _permissions(self, body: Any) -> Answer:
        """Add and remove Graph permissions of the responder, or of the application named by app_id."""
        store = self._lab.store
        if not isinstance(body, dict) or not body.keys() <= {"app_id", "add", "remove"}:
            raise LabFileError("expected an object with add, remove and app_id")
        app_id = body.get("app_id") or (store.responder.app_id if store.responder else "")
        held = store.app_permissions.setdefault(app_id, set())
        held -= set(body.get("remove") or ())
        held |= set(body.get("add") or ())
        return json_answer(200, {"app_id": app_id, "permissions": sorted(held)})


def _number(body: Any, name: str, *, low: float) -> float:
    value = body.get(name) if isinstance(body, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= 10**9:
        raise LabFileError(f"{name} must be a number from {low} on")
    return float(value)


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in record.items()}
