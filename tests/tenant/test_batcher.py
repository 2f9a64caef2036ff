"""Batches: answers by id, throttled steps again, one step's failure never another's."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from azremediate.core.errors import (
    ObjectMissing,
    PermissionMissing,
    RequestRefused,
    ServiceFailing,
    SignInFailed,
    TenantError,
    Throttled,
)
from azremediate.core.json_value import JsonObject
from azremediate.core.ports import Read, Version
from azremediate.tenant.access import Tenant
from tests.tenant.loopback import Reply, Script, Seen, refusal, reply
from tests.tenant.stage import Stage, everything_in

Step = Callable[[dict[str, Any]], dict[str, Any]]


def echo(step: dict[str, Any]) -> dict[str, Any]:
    """Answer a step with its own address."""
    return {"id": step["id"], "status": 200, "body": {"url": step["url"]}}


def batches(step: Step, *, shuffled: bool = True) -> Script:
    """A Graph that answers envelopes, in any order."""

    def script(seen: Seen) -> Reply:
        assert (seen.method, seen.path.rpartition("/")[2]) == ("POST", "$batch")
        answers = [step(request) for request in seen.json()["requests"]]
        if shuffled:
            random.Random(7).shuffle(answers)  # noqa: S311 - any order will do
        return reply(200, {"responses": [answer for answer in answers if answer]})

    return script


def users(count: int) -> list[Read]:
    """Reads of as many users."""
    return [Read(f"/users/{number}", {"$select": "id"}) for number in range(count)]


def urls(results: Any) -> list[Any]:
    """The addresses that were echoed."""
    return [result["url"] for result in results]


async def test_envelopes_of_twenty(stage: Stage, tenant: Tenant) -> None:
    """45 reads are three envelopes, and every answer finds its read although the order is lost."""
    stage.graph.script = batches(echo)
    results = await tenant.batch(users(45))
    assert urls(results) == [f"/users/{number}?$select=id" for number in range(45)]
    assert sorted(len(seen.json()["requests"]) for seen in stage.graph.seen) == [5, 20, 20]
    assert all(step["method"] == "GET" for seen in stage.graph.seen for step in seen.json()["requests"])


async def test_nothing_to_read(stage: Stage, tenant: Tenant) -> None:
    """No reads, no request."""
    assert await tenant.batch([]) == []
    assert stage.graph.seen == []


async def test_versions_and_workloads_apart(stage: Stage, tenant: Tenant) -> None:
    """Beta and v1.0 do not share an envelope; reads with a quota of their own go alone."""
    batch = batches(echo)

    def script(seen: Seen) -> Reply:
        return batch(seen) if seen.method == "POST" else reply(200, {"url": seen.target})  # type: ignore[return-value]  # not awaitable here

    stage.graph.script = script
    results = await tenant.batch(
        [
            Read("/users/1", version=Version.BETA),
            Read("/users/2", advanced=True),
            Read("/identity/conditionalAccess/policies"),
        ]
    )
    assert urls(results) == ["/users/1", "/users/2?$count=true", "/v1.0/identity/conditionalAccess/policies"]
    posted = {seen.path: seen.json()["requests"] for seen in stage.graph.seen if seen.method == "POST"}
    assert posted.keys() == {"/beta/$batch", "/v1.0/$batch"}
    assert posted["/v1.0/$batch"][0]["headers"] == {"ConsistencyLevel": "eventual"}


async def test_throttled_steps_go_again(stage: Stage, tenant: Tenant) -> None:
    """Only they, after the longest wait that was asked for."""
    tried: dict[str, int] = {}

    def step(request: dict[str, Any]) -> dict[str, Any]:
        url = request["url"]
        tried[url] = tried.get(url, 0) + 1
        if url.startswith(("/users/3?", "/users/7?")) and tried[url] == 1:
            return {"id": request["id"], "status": 429, "headers": {"Retry-After": "4.5" if "3" in url else "3"}}
        return echo(request)

    stage.graph.script = batches(step)
    results = await tenant.batch(users(10))
    assert urls(results) == [f"/users/{number}?$select=id" for number in range(10)]
    assert (sum(tried.values()), stage.clock.slept) == (12, [4.5])


async def test_steps_are_given_up_after_the_configured_tries(stage: Stage, tenant: Tenant) -> None:
    """A step that stays throttled is a result of its own."""
    stage.graph.script = batches(
        lambda request: (
            echo(request) if request["url"] != "/users/1?$select=id" else {"id": request["id"], "status": 429}
        )
    )
    first, second = await tenant.batch(users(2))
    assert first == {"url": "/users/0?$select=id"}
    assert isinstance(second, Throttled)
    assert len(stage.graph.seen) == 3


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": 404, "body": {"error": {"code": "Request_ResourceNotFound", "message": "hostile"}}}, ObjectMissing),
        ({"status": 403, "body": {"error": {"code": "Authorization_RequestDenied"}}}, PermissionMissing),
        (
            {"status": 403, "body": {"error": {"code": "Authentication_RequestFromNonPremiumTenantOrB2CTenant"}}},
            PermissionMissing,
        ),
        ({"status": 400, "body": "hostile"}, RequestRefused),
        ({"status": 200, "body": "aG9zdGlsZQ=="}, ServiceFailing),
        ({"status": "200", "body": {}}, ServiceFailing),
        ({"status": True, "body": {}}, ServiceFailing),
        ({"body": {}}, ServiceFailing),
        (None, ServiceFailing),
        ({"id": "77", "status": 200, "body": {}}, ServiceFailing),
        ({"id": "0", "status": 200, "body": {}}, ServiceFailing),
        ({"status": 307, "headers": {"Location": "http://127.0.0.1:1/"}}, ServiceFailing),
    ],
    ids=str,
)
async def test_one_step_fails(
    stage: Stage, tenant: Tenant, answer: dict[str, Any] | None, error: type[TenantError]
) -> None:
    """A step without a usable answer is an error in its place; the others are read."""

    def step(request: dict[str, Any]) -> dict[str, Any]:
        if request["id"] != "1":
            return echo(request)
        return {} if answer is None else {"id": "1", **answer}

    stage.graph.script = batches(step, shuffled=False)
    results = await tenant.batch(users(3))
    assert isinstance(results[1], error)
    assert "hostile" not in everything_in(results[1])
    assert results[2] == {"url": "/users/2?$select=id"}


async def test_an_id_that_is_answered_twice(stage: Stage, tenant: Tenant) -> None:
    """Neither answer is believed."""
    twice = [{"id": "0", "status": 200, "body": {"id": name}} for name in ("a", "b")]
    stage.graph.script = lambda _: reply(200, {"responses": twice})
    (result,) = await tenant.batch(users(1))
    assert isinstance(result, ServiceFailing)


async def test_an_unusable_path_is_a_result(stage: Stage, tenant: Tenant) -> None:
    """It is refused in its place, and not sent."""
    stage.graph.script = batches(echo)
    results = await tenant.batch([Read("https://evil.example"), *users(1)])
    assert isinstance(results[0], RequestRefused)
    assert results[1] == {"url": "/users/0?$select=id"}


@pytest.mark.parametrize(
    "envelope",
    [refusal(503, "x"), refusal(400, "BadRequest"), reply(200, {"responses": "x"}), reply(200, {}), Reply(200, b"x")],
    ids=str,
)
async def test_a_failed_envelope_is_the_error_of_its_reads(stage: Stage, tenant: Tenant, envelope: Reply) -> None:
    """Nothing is raised; every read of it has an error, and none is taken for read."""
    stage.graph.script = lambda _: envelope
    results: list[JsonObject | TenantError] = list(await tenant.batch(users(25)))
    assert all(isinstance(result, TenantError) for result in results)
    assert len(stage.graph.seen) <= 6


async def test_no_token_no_batch(stage: Stage, tenant: Tenant) -> None:
    """A failed sign-in is no matter of single reads."""
    stage.graph.script = lambda _: refusal(401, "InvalidAuthenticationToken")
    with pytest.raises(SignInFailed):
        await tenant.batch([*users(3), Read("/auditLogs/signIns")])
