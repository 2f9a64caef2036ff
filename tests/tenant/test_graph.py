"""Reads: answers, errors, retries and hostile pages, over real sockets."""

import gzip
from collections.abc import Callable

import pytest

from azremediate.core.cloud import Cloud
from azremediate.core.config import Auth, AuthMethod, Config
from azremediate.core.errors import (
    AzremediateError,
    FeatureMissing,
    NotSent,
    ObjectMissing,
    PermissionMissing,
    RequestRefused,
    ServiceFailing,
    SignInFailed,
    Throttled,
)
from azremediate.core.events import Waiting
from azremediate.core.ports import Read, TenantReader, Version
from azremediate.tenant import open_tenant
from azremediate.tenant.access import Tenant
from tests.tenant.loopback import RESET, Reply, Script, Seen, loopback, refusal, reply
from tests.tenant.stage import Stage, everything_in, token

READ = Read("/users/a%23b", {"$select": "id,displayName", "$filter": "name eq 'a&b'"})


def in_turn(*replies: Reply) -> Script:
    """Each reply once, the last one for ever."""
    left = list(replies)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


async def test_an_object_is_read_as_it_was_asked_for(stage: Stage, tenant: Tenant) -> None:
    """The request carries token, ids and neutral headers, and the query arrives as it was meant."""
    stage.graph.script = in_turn(reply(200, {"id": "1"}, date="Sun, 22 Nov 2026 12:00:30 GMT"))
    reader: TenantReader = tenant
    assert await reader.get(READ) == {"id": "1"}
    seen = stage.graph.seen[0]
    assert seen.target == "/v1.0/users/a%23b?$select=id,displayName&$filter=name%20eq%20'a%26b'"
    assert seen.headers["authorization"] == f"Bearer {token()}"
    assert len(seen.headers["client-request-id"]) == 36
    assert seen.headers["user-agent"].startswith("azremediate/")
    assert not {"sdkversion", "hostos", "runtimeenvironment"} & seen.headers.keys()
    assert tenant.skew.total_seconds() == 30


async def test_advanced_and_beta(stage: Stage, tenant: Tenant) -> None:
    """An advanced query asks for it in header and query; beta goes to beta."""
    stage.graph.script = in_turn(reply(200, {}))
    await tenant.get(Read("/users", {"$filter": "x ne 1"}, version=Version.BETA, advanced=True))
    seen = stage.graph.seen[0]
    assert seen.target == "/beta/users?$filter=x%20ne%201&$count=true"
    assert seen.headers["consistencylevel"] == "eventual"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal(404, "Request_ResourceNotFound"), ObjectMissing),
        (refusal(403, "Authorization_RequestDenied"), PermissionMissing),
        (refusal(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant"), FeatureMissing),
        (refusal(400, "Request_UnsupportedQuery"), RequestRefused),
        (refusal(401, "InvalidAuthenticationToken"), SignInFailed),
        (refusal(429, "TooManyRequests"), Throttled),
        (refusal(503, "serviceNotAvailable"), ServiceFailing),
        (Reply(302, headers={"location": "http://127.0.0.1:1/"}), ServiceFailing),
        (RESET, ServiceFailing),
        (Reply(200, b'{"id": 1}', {"content-type": "application/json"}, cut=4), ServiceFailing),
        (Reply(200, b'{"id": 1', {"content-type": "application/json"}), ServiceFailing),
        (Reply(200, b'{"id": 1}', {"content-type": "text/html"}), ServiceFailing),
        (Reply(200, b'{"id": 1}', {"content-type": "application/json", "content-encoding": "br"}), ServiceFailing),
        (Reply(200, b'{"id": 1}', {"content-type": "application/json", "content-encoding": "gzip"}), ServiceFailing),
        (reply(200, [1]), ServiceFailing),
        (Reply(204), ServiceFailing),
    ],
    ids=str,
)
async def test_errors(stage: Stage, tenant: Tenant, answer: Reply, error: type[AzremediateError]) -> None:
    """Each answer is one error of ours, without a word of the server's."""
    stage.graph.script = in_turn(answer)
    with pytest.raises(error) as raised:
        await tenant.get(READ)
    assert "hostile" not in everything_in(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [("7", 7, 7), ("1.5", 1.5, 1.5), ("Sun, 22 Nov 2026 12:00:20 GMT", 20, 20), ("1000000000", 300, 300)]
    + [(garbage, 0.5, 2.5) for garbage in ("0", "-3", "soon", "nan", "1e9", "", "Sun, 22 Nov 1926 12:00:20 GMT")],
)
async def test_retry_after(stage: Stage, tenant: Tenant, header: str, least: float, most: float) -> None:
    """Seconds, fractions and dates are waited for, at most five minutes; anything else is backed off from."""
    stage.graph.script = in_turn(refusal(429, "TooManyRequests", retry_after=header), reply(200, {"id": "1"}))
    assert await tenant.get(READ) == {"id": "1"}
    assert least <= sum(stage.clock.slept) <= most
    assert [event.seconds for event in stage.heard if isinstance(event, Waiting)] == [
        seconds for seconds in stage.clock.slept if seconds > 2
    ]


@pytest.mark.parametrize("failure", [refusal(500, "x"), refusal(502, "x"), refusal(504, "x"), RESET], ids=str)
async def test_reads_are_tried_again(stage: Stage, tenant: Tenant, failure: Reply) -> None:
    """A passing failure costs a wait, not the read; three tries are the configured limit."""
    stage.graph.script = in_turn(failure, failure, reply(200, {"id": "1"}))
    assert await tenant.get(READ) == {"id": "1"}
    assert len(stage.graph.seen) == 3
    stage.graph.script = in_turn(failure)
    with pytest.raises(ServiceFailing):
        await tenant.get(READ)
    assert len(stage.graph.seen) == 6


async def test_a_refused_token_is_renewed_once(stage: Stage, tenant: Tenant) -> None:
    """A 401 leads to one new token and one more request."""
    stage.graph.script = in_turn(refusal(401, "InvalidAuthenticationToken"), reply(200, {"id": "1"}))
    assert await tenant.get(READ) == {"id": "1"}
    assert (len(stage.graph.seen), len(stage.login.seen)) == (2, 2)


def _bomb() -> bytes:
    return gzip.compress(b'{"a": "' + b"x" * (40 * 1024 * 1024) + b'"}')


@pytest.mark.fault("N25")
@pytest.mark.parametrize(
    "make",
    [
        lambda: Reply(200, _bomb(), {"content-type": "application/json", "content-encoding": "gzip"}),
        lambda: Reply(200, b'{"a":' * 40 + b"1" + b"}" * 40, {"content-type": "application/json"}),
        lambda: Reply(200, b"[" * 200_000 + b"]" * 200_000, {"content-type": "application/json"}),
        lambda: Reply(200, b'{"a": "\\ud800"}', {"content-type": "application/json"}),
        lambda: Reply(200, b'{"a": NaN}', {"content-type": "application/json"}),
        lambda: Reply(200, b"{}", {"content-type": "application/json", "content-length": str(2**40)}),
    ],
    ids=["gzip bomb", "deep", "very deep", "half surrogate", "not a number", "endless"],
)
async def test_hostile_bodies(stage: Stage, tenant: Tenant, make: Callable[[], Reply]) -> None:
    """Bodies that are too large, too deep or not JSON are refused, not swallowed."""
    stage.graph.script = in_turn(make())
    with pytest.raises(ServiceFailing):
        await tenant.get(READ)


async def test_pages(stage: Stage, tenant: Tenant) -> None:
    """Every page is read, with the headers of the first."""

    def script(seen: Seen) -> Reply:
        if "skiptoken" in seen.target:
            return reply(200, {"value": [{"id": "3"}]})
        return reply(
            200, {"value": [{"id": "1"}, {"id": "2"}], "@odata.nextLink": f"{stage.graph.base}/v1.0/users?$skiptoken=x"}
        )

    stage.graph.script = script
    pages = [list(page) async for page in tenant.pages(Read("/users", advanced=True))]
    assert pages == [[{"id": "1"}, {"id": "2"}], [{"id": "3"}]]
    assert [seen.headers["consistencylevel"] for seen in stage.graph.seen] == ["eventual", "eventual"]


@pytest.mark.fault("N24")
async def test_a_link_to_another_server_is_not_followed(stage: Stage, tenant: Tenant) -> None:
    """The other server sees nothing, least of all a token."""
    async with loopback(in_turn(reply(200, {"value": []}))) as other:
        stage.graph.script = in_turn(reply(200, {"value": [], "@odata.nextLink": f"{other.base}/v1.0/users"}))
        with pytest.raises(ServiceFailing):
            _ = [page async for page in tenant.pages(Read("/users"))]
        assert other.seen == []


async def test_nobody_listens(stage: Stage, tenant: Tenant) -> None:
    """A closed port is `NotSent` after the configured tries."""
    async with loopback(in_turn()) as gone:
        stage.graph.base = gone.base
    async with open_tenant(stage.config(), stage.clock, stage.heard.append) as unreachable:
        with pytest.raises(NotSent, match="nothing was sent"):
            await unreachable.get(READ)
    assert len(stage.clock.slept) == 2


@pytest.mark.fault("X6")
@pytest.mark.parametrize(
    "path", ["users", "//evil.example/x", "/users/../x", "/users/%2e%2e/x", "/users?x", "/a b", "/a\r\nb", "/$batch"]
)
async def test_unusable_paths(stage: Stage, tenant: Tenant, path: str) -> None:
    """A path that could lead elsewhere is refused before anything is sent."""
    with pytest.raises(RequestRefused):
        await tenant.get(Read(path))
    assert stage.graph.seen == stage.login.seen == []


@pytest.mark.parametrize(
    ("cloud", "path"),
    [
        (Cloud.USGOV, "/reports/servicePrincipalSignInActivities"),
        (Cloud.CHINA, "/reports/servicePrincipalSignInActivities"),
        (Cloud.CHINA, "/policies/authenticationStrengthPolicies"),
    ],
)
async def test_what_a_cloud_lacks_is_not_asked_for(
    monkeypatch: pytest.MonkeyPatch, stage: Stage, cloud: Cloud, path: str
) -> None:
    """The reason is known before a request is made."""
    monkeypatch.setenv("AZREMEDIATE_CLIENT_SECRET", "obviously-fake")
    config = Config("t", cloud, auth=Auth(AuthMethod.CLIENT_SECRET, "a"))
    async with open_tenant(config, stage.clock, stage.heard.append) as tenant:
        with pytest.raises(FeatureMissing, match=cloud.value):
            await tenant.get(Read(path, version=Version.BETA))
