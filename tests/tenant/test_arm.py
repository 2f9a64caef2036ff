"""Azure Resource Manager: lists as it shows them, and links that lead elsewhere."""

import pytest

from azremediate.core.errors import AzremediateError, PermissionMissing, RequestRefused, ServiceFailing
from azremediate.core.ports import AzureReader
from azremediate.tenant.access import Tenant
from tests.tenant.loopback import RESET, Reply, Seen, loopback, refusal, reply
from tests.tenant.stage import Stage, everything_in, token

SCOPE = "/subscriptions/55555555-5555-4555-8555-555555555555"
ROW = {
    "id": f"{SCOPE}/providers/Microsoft.Authorization/roleAssignments/1",
    "name": "1",
    "type": "Microsoft.Authorization/roleAssignments",
    "properties": {"principalId": "p", "roleDefinitionId": "r", "scope": SCOPE, "principalType": "User"},
}


async def test_assignments(stage: Stage, tenant: Tenant) -> None:
    """Every page, at and above the scope, with the tool's token."""

    def script(seen: Seen) -> Reply:
        if "page2" in seen.target:
            return reply(200, {"value": [ROW | {"name": "2"}]})
        return reply(200, {"value": [ROW], "nextLink": f"{stage.vault.base}{seen.path}?page2=1"})

    stage.vault.script = script
    azure: AzureReader = tenant.azure
    found = await azure.role_assignments(SCOPE)
    assert [row["name"] for row in found] == ["1", "2"]
    properties = found[0]["properties"]
    assert isinstance(properties, dict)
    assert {name: properties[name] for name in ("principalId", "principalType", "scope")} == {
        "principalId": "p",
        "principalType": "User",
        "scope": SCOPE,
    }
    first = stage.vault.seen[0]
    assert first.path == f"{SCOPE}/providers/Microsoft.Authorization/roleAssignments"
    assert "filter=atScope()" in first.target
    assert first.headers["authorization"] == f"Bearer {token()}"


async def test_assignments_of_one_principal(stage: Stage, tenant: Tenant) -> None:
    """Filtered by the service, wherever they are; an id that is none would change the filter."""
    stage.vault.script = lambda _: reply(200, {"value": [ROW]})
    principal = "66666666-6666-4666-8666-666666666666"
    assert [row["name"] for row in await tenant.azure.role_assignments_of(SCOPE, principal)] == ["1"]
    assert principal in stage.vault.seen[0].target
    with pytest.raises(RequestRefused):
        await tenant.azure.role_assignments_of(SCOPE, "x' or principalId ne 'y")
    assert len(stage.vault.seen) == 1


async def test_definitions(stage: Stage, tenant: Tenant) -> None:
    """Role definitions as they are shown."""
    permissions = [{"actions": ["*"], "notActions": [], "dataActions": [], "notDataActions": []}]
    row = {"name": "r", "properties": {"roleName": "Owner", "type": "BuiltInRole", "permissions": permissions}}
    stage.vault.script = lambda _: reply(200, {"value": [row]})
    assert await tenant.azure.role_definitions(SCOPE) == [row]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal(403, "AuthorizationFailed"), PermissionMissing),
        (refusal(503, "x"), ServiceFailing),
        (RESET, ServiceFailing),
        (Reply(307, headers={"location": "https://127.0.0.1:1/"}), ServiceFailing),
        (Reply(200, b"x", {"content-type": "application/json"}), ServiceFailing),
        (reply(200, {"value": [7]}), ServiceFailing),
    ],
    ids=str,
)
async def test_errors(stage: Stage, tenant: Tenant, answer: Reply, error: type[AzremediateError]) -> None:
    """Each failure is one of ours; passing ones are tried as often as configured."""
    stage.vault.script = lambda _: answer
    with pytest.raises(error) as raised:
        await tenant.azure.role_assignments(SCOPE)
    assert "hostile" not in everything_in(raised.value)
    assert len(stage.vault.seen) <= 3


async def test_a_link_to_another_server_is_not_followed(stage: Stage, tenant: Tenant) -> None:
    """The other server sees no request, least of all a token."""
    async with loopback(lambda _: reply(200, {"value": []}), stage.server_tls) as other:
        stage.vault.script = lambda _: reply(200, {"value": [ROW], "nextLink": f"{other.base}/subscriptions/x"})
        with pytest.raises(ServiceFailing):
            await tenant.azure.role_assignments(SCOPE)
        assert other.seen == []


@pytest.mark.parametrize(
    "scope", ["", "subscriptions/x", "/subscriptions/../x", "/subscriptions/a?b", "//evil.example"]
)
async def test_unusable_scopes(stage: Stage, tenant: Tenant, scope: str) -> None:
    """A scope that is none is refused before anything is sent."""
    with pytest.raises(RequestRefused):
        await tenant.azure.role_assignments(scope)
    assert stage.vault.seen == []
