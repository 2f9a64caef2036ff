"""The lab's wire in front of a tiny service: every kind of fault as a plain client sees it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from azremediate.lab.exchange import Answer, Request, as_asgi, json_answer
from azremediate.lab.faults import parse_faults
from azremediate.lab.listener import HOST, Listener, bind
from azremediate.lab.recording import Recording
from azremediate.lab.throttle import PROFILES, Throttle
from azremediate.lab.tokens import AuthProblem
from azremediate.lab.wire import StepGate, Wire, WireSettings, template_of


@dataclass
class Counter:
    """A service that counts: POST adds one, GET shows the number."""

    number: int = 0
    lost: list[tuple[str, int]] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        """Count a POST, show the number for everything."""
        self.number += request.method == "POST"
        return json_answer(200, {"id": "counter", "number": self.number})

    def note_lost(self, request: Request, status: int, _app_id: str | None) -> None:
        """Remember a write that never arrived."""
        self.lost.append((request.method, status))


@dataclass
class Rig:
    """A wire with a counter behind it, and a client in front."""

    counter: Counter
    settings: WireSettings
    base: str
    listener: Listener

    def arm(self, **rule: Any) -> None:
        """Arm one fault."""
        self.settings.faults.replace(parse_faults([rule]))

    def release(self) -> None:
        """Replace the faults by none, as a lab does: in the loop that serves."""
        self.listener.call(lambda: self.settings.faults.replace([]))

    def send(self, method: str, path: str = "/v1.0/counter", timeout: float | httpx.Timeout = 60.0) -> httpx.Response:
        """Send one request on a connection of its own."""
        with httpx.Client(base_url=self.base, trust_env=False, timeout=timeout) as client:
            return client.request(method, path)


@pytest.fixture
def rig() -> Iterator[Rig]:
    """Serve a counter through a wire."""
    counter = Counter()
    settings = WireSettings(lambda _headers, _audience: AuthProblem("none", "none"), on_lost_write=counter.note_lost)
    wire = Wire("graph", as_asgi("graph", counter.answer), settings)
    socket = bind(0)
    listener = Listener({"graph": wire}, {"graph": socket}, {})
    base = f"http://{HOST}:{socket.getsockname()[1]}"
    listener.start()
    try:
        yield Rig(counter, settings, base, listener)
    finally:
        listener.stop(wire.release)


@pytest.mark.parametrize(("when", "effect"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 401, 403, 409])
def test_status_says_no_with_or_without_effect(rig: Rig, status: int, when: str, effect: int) -> None:
    """An error status reaches the client; whether the write took effect is the rule's choice."""
    rig.arm(kind="status", status=status, when=when, retry_after="2.5")
    answer = rig.send("POST")
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "2.5")
    assert answer.json()["error"]["code"]
    assert rig.counter.number == effect
    assert rig.counter.lost == ([("POST", status)] if not effect else [])
    assert rig.send("POST").status_code == 200


def test_conflict_has_the_code_of_the_directory(rig: Rig) -> None:
    """A 409 without a code of its own is the directory's concurrency violation."""
    rig.arm(kind="status", status=409)
    assert rig.send("POST").json()["error"]["code"] == "Directory_ConcurrencyViolation"


@pytest.mark.parametrize(("when", "effect"), [("before", 0), ("after", 1)])
def test_reset_breaks_the_connection(rig: Rig, when: str, effect: int) -> None:
    """A reset is a real one: the client reads a connection error, not an answer."""
    rig.arm(kind="reset", when=when)
    with pytest.raises(httpx.ReadError):
        rig.send("POST")
    assert rig.counter.number == effect


@pytest.mark.parametrize(("when", "effect"), [("before", 0), ("after", 1)])
def test_hang_lasts_until_the_client_leaves(rig: Rig, when: str, effect: int) -> None:
    """A hang without seconds ends with the client's own timeout."""
    rig.arm(kind="hang", when=when)
    with pytest.raises(httpx.ReadTimeout):
        rig.send("POST", timeout=httpx.Timeout(30, read=1))
    assert rig.counter.number == effect


def test_hang_with_seconds_drops_the_connection(rig: Rig) -> None:
    """A hang with seconds ends without an answer."""
    rig.arm(kind="hang", seconds=0.05)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        rig.send("GET")


def test_truncate_cuts_the_body(rig: Rig) -> None:
    """A truncated answer announces more than it delivers; the write took effect."""
    rig.arm(kind="truncate", bytes=5)
    with pytest.raises(httpx.RemoteProtocolError, match="received 5 bytes"):
        rig.send("POST")
    assert rig.counter.number == 1


def test_redirect_names_the_other_place(rig: Rig) -> None:
    """A redirect carries the rule's location."""
    rig.arm(kind="redirect", location="https://elsewhere.invalid/")
    answer = rig.send("POST")
    assert (answer.status_code, answer.headers["location"]) == (307, "https://elsewhere.invalid/")
    assert rig.counter.number == 0


def test_stale_read_shows_the_version_before_the_write(rig: Rig) -> None:
    """A stale rule waits for a changed object and then shows the former one."""
    rig.arm(kind="stale", times=1)
    assert rig.send("GET").json()["number"] == 0
    rig.send("POST")
    assert rig.send("GET").json()["number"] == 0
    assert rig.send("GET").json()["number"] == 1


def test_delay_comes_before_the_answer(rig: Rig) -> None:
    """A delay answers rightly, later."""
    rig.arm(kind="delay", seconds=0.15)
    started = time.monotonic()
    assert rig.send("GET").json()["number"] == 0
    assert time.monotonic() - started >= 0.15


@pytest.mark.parametrize(("when", "effect"), [("before", 0), ("after", 1)])
def test_delay_without_end_lasts_until_the_faults_are_replaced(rig: Rig, when: str, effect: int) -> None:
    """Whoever disturbs decides when the answer leaves, with the effect there already or not yet."""
    rig.arm(kind="delay", seconds=None, when=when)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(rig.send, "POST")
        while not rig.settings.faults.report()[0]["fired"] or rig.counter.number < effect:
            time.sleep(0.01)
        assert (answer.done(), rig.counter.number) == (False, effect)
        rig.release()
        assert answer.result().status_code == 200
    assert rig.counter.number == 1


@pytest.mark.parametrize("kind", ["not-json", "empty"])
def test_unreadable_success(rig: Rig, kind: str) -> None:
    """A success whose body cannot be read."""
    rig.arm(kind=kind, when="after")
    answer = rig.send("POST")
    assert (answer.status_code, rig.counter.number) == (200, 1)
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_drop_leaves_fields_out(rig: Rig) -> None:
    """Named fields are missing from an otherwise right answer."""
    rig.arm(kind="drop", fields=["id"])
    assert rig.send("POST").json() == {"number": 1}


def test_only_matching_requests_are_hit(rig: Rig) -> None:
    """Method, path, skip count, step and number of times choose the requests."""
    rig.arm(kind="status", status=500, method="POST", path=r"/counter$", after=1, every=2, times=2)
    assert rig.send("GET").status_code == 200
    assert rig.send("POST", "/v1.0/other").status_code == 200
    assert [rig.send("POST").status_code for _ in range(7)] == [200, 500, 200, 500, 200, 200, 200]
    (report,) = rig.settings.faults.report()
    assert (report["seen"], report["fired"]) == (7, 2)


def test_requests_are_counted_by_template(rig: Rig) -> None:
    """Ids are folded so that counts are by kind of request."""
    rig.send("GET", "/v1.0/users/3f8a2a52-5a6f-4a6b-8f6e-1c2d3e4f5a6b")
    rig.send("GET", "/v1.0/users/00000000-0000-0000-0000-000000000001")
    assert dict(rig.settings.counts) == {("graph", "GET", "/v1.0/users/{id}"): 2}
    assert template_of("/v1.0/users") == "/v1.0/users"


def test_throttle_refuses_and_tells_when(rig: Rig) -> None:
    """An empty bucket answers 429 with Retry-After and the scope, and the request never arrives."""
    rig.settings.throttle = Throttle(PROFILES["tight"], "tenant", now=lambda: 0.0)
    answers = [rig.send("POST") for _ in range(13)]
    assert [answer.status_code for answer in answers] == [200] * 12 + [429]
    assert answers[0].headers["x-ms-resource-unit"] == "1"
    assert answers[-1].headers["retry-after"] == "1"
    assert answers[-1].headers["x-ms-throttle-information"] == "WriteLimitExceeded"
    assert (rig.counter.number, rig.counter.lost) == (12, [("POST", 429)])


def test_recording_has_one_clean_line_per_answer(rig: Rig, tmp_path: Path) -> None:
    """A recording holds answered exchanges without the token."""
    rig.settings.recording = Recording(tmp_path / "exchanges.jsonl")
    httpx.get(f"{rig.base}/v1.0/counter", headers={"authorization": "Bearer obviously-fake"}, trust_env=False)
    rig.arm(kind="truncate", bytes=1)
    with pytest.raises(httpx.RemoteProtocolError):
        rig.send("GET")
    rig.settings.recording.close()
    (line,) = (tmp_path / "exchanges.jsonl").read_text(encoding="utf-8").splitlines()
    record = json.loads(line)
    assert (record["method"], record["status"], record["request_body"]) == ("GET", 200, None)
    assert record["response_body"] == {"id": "counter", "number": 0}
    assert "obviously-fake" not in line


def test_step_gate_refuses_single_steps() -> None:
    """Quotas and status faults act on the steps of a batch, one by one."""
    settings = WireSettings(lambda _headers, _audience: AuthProblem("none", "none"))
    gate = StepGate(settings)
    assert gate("GET", "/v1.0/users", "app") is None
    settings.faults.replace(parse_faults([{"kind": "status", "status": 429, "path": "/users", "retry_after": 7}]))
    refusal = gate("GET", "/v1.0/users", "app")
    assert refusal is not None
    status, headers, body = refusal
    assert (status, headers["Retry-After"]) == (429, "7")
    assert isinstance(body, dict)
    assert body["error"]["code"] == "TooManyRequests"
    settings.throttle = Throttle(PROFILES["tight"], "tenant", now=lambda: 0.0)
    answers = [gate("GET", "/auditLogs/signIns", "app") for _ in range(3)]
    assert [answer is None for answer in answers] == [True, True, False]


def test_stopping_ends_a_hang() -> None:
    """A lab with a hanging request stops at once."""
    settings = WireSettings(lambda _headers, _audience: AuthProblem("none", "none"))
    settings.faults.replace(parse_faults([{"kind": "hang"}]))
    wire = Wire("graph", as_asgi("graph", Counter().answer), settings)
    socket = bind(0)
    port = socket.getsockname()[1]
    listener = Listener({"graph": wire}, {"graph": socket}, {})
    listener.start()
    with httpx.Client(trust_env=False, timeout=httpx.Timeout(30, read=0.5)) as client, pytest.raises(httpx.ReadTimeout):
        client.get(f"http://{HOST}:{port}/v1.0/counter")
    listener.stop(wire.release)
    with httpx.Client(trust_env=False) as client, pytest.raises(httpx.ConnectError):
        client.get(f"http://{HOST}:{port}/v1.0/counter")
