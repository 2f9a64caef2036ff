"""Azure Resource Manager through the real management client and a plain one."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from azure.core.credentials import AccessToken
from azure.mgmt.authorization.aio import AuthorizationManagementClient

from azremediate.lab.arm_scopes import covers
from azremediate.lab.tokens import ARM_AUDIENCE, Claims
from tests.lab.small_tenant import APP, OFFICER, OWNER, PRINCIPAL, READER, SUBSCRIPTION, TENANT, SmallCloud

SCOPE = f"/subscriptions/{SUBSCRIPTION}"
GROUP = f"{SCOPE}/resourceGroups/one"
NEW = "99999999-9999-4999-8999-999999999999"


class LabCredential:
    """A credential that already has its token."""

    def __init__(self, cloud: SmallCloud) -> None:
        self.token = cloud.tokens.issue(Claims(APP, PRINCIPAL, TENANT, (), ARM_AUDIENCE), issuer="https://sts.invalid/")

    async def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        """Return the token."""
        return AccessToken(self.token, 2**31)

    async def close(self) -> None:
        """Nothing to close."""

    async def __aenter__(self) -> LabCredential:
        """Nothing to open."""
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Nothing to close."""


def send(cloud: SmallCloud, method: str, path: str, body: Any = None, **options: str) -> httpx.Response:
    """Send one request with the caller's token; an empty version is left out."""
    given = {"api-version": options.pop("version", "2022-04-01"), **{f"${key}": text for key, text in options.items()}}
    params = {key: text for key, text in given.items() if text}
    headers = {"authorization": f"Bearer {LabCredential(cloud).token}"}
    with httpx.Client(base_url=cloud.endpoints["arm"], verify=cloud.trust, trust_env=False) as client:
        return client.request(method, path, json=body, headers=headers, params=params)


def code(answer: httpx.Response) -> tuple[int, str]:
    """Return the status and the error code."""
    return answer.status_code, answer.json()["error"]["code"]


def assignments(path: str) -> str:
    """Return the path of the assignments at a scope."""
    return f"{path}/providers/Microsoft.Authorization/roleAssignments"


async def test_real_client_reads_all_pages(cloud: SmallCloud) -> None:
    """The management client follows nextLink to the lab and finds every row once."""
    keys = [cloud.grant(READER, SCOPE), cloud.grant(OFFICER, GROUP), cloud.grant(OWNER, "/", "someone")]
    keys += [cloud.grant(READER, GROUP, "someone") for _ in range(2)]
    client = AuthorizationManagementClient(
        LabCredential(cloud),
        SUBSCRIPTION,
        base_url=cloud.endpoints["arm"],
        credential_scopes=[f"{ARM_AUDIENCE}/.default"],
        connection_verify=str(cloud.ca_bundle),
        retry_total=0,
    )
    async with client:
        found = [row.id async for row in client.role_assignments.list_for_subscription()]
        above = [row.id async for row in client.role_assignments.list_for_scope(SCOPE, filter="atScope()")]
        mine = [
            row.id
            async for row in client.role_assignments.list_for_scope(SCOPE, filter=f"principalId eq '{PRINCIPAL}'")
        ]
        roles = [row.role_name async for row in client.role_definitions.list(SCOPE)]
        owner = await client.role_definitions.get(SCOPE, OWNER)
    assert found == keys
    assert above == [keys[0], keys[2]]
    assert mine == keys[:2]
    assert roles == ["Reader", "Key Vault Secrets Officer", "Owner"]
    assert owner.role_name == "Owner"


def test_assigned_to_follows_groups(cloud: SmallCloud) -> None:
    """assignedTo finds what a principal holds through groups."""
    cloud.grant(READER, SCOPE)
    key = cloud.grant(OWNER, SCOPE, "group")
    cloud.store.group_members["group"] = ["member"]
    rows = send(cloud, "GET", assignments(SCOPE), filter="assignedTo('member')").json()
    assert [row["id"] for row in rows["value"]] == [key]


def test_assignments_are_created_once_and_deleted(cloud: SmallCloud) -> None:
    """PUT creates, refuses a twin; DELETE removes and is quiet the second time; all of it is in the log."""
    cloud.grant(OWNER, SCOPE)
    path = f"{assignments(SCOPE)}/{NEW}"
    role = f"/providers/Microsoft.Authorization/roleDefinitions/{READER}"
    body = {"properties": {"roleDefinitionId": role, "principalId": "someone", "principalType": "User"}}
    created = send(cloud, "PUT", path, body)
    assert created.status_code == 201
    assert created.json()["properties"]["scope"] == SCOPE
    assert send(cloud, "PUT", path, body).status_code == 200
    assert code(send(cloud, "PUT", f"{assignments(SCOPE)}/{TENANT}", body)) == (409, "RoleAssignmentExists")
    other = {"properties": {**body["properties"], "principalId": TENANT}}
    assert code(send(cloud, "PUT", path, other)) == (400, "RoleAssignmentUpdateNotPermitted")
    assert send(cloud, "GET", path).json()["name"] == NEW
    assert send(cloud, "DELETE", path).status_code == 200
    assert send(cloud, "DELETE", path).status_code == 204
    assert code(send(cloud, "GET", path)) == (404, "RoleAssignmentNotFound")
    log = [(record.service, record.method, record.status, record.effect) for record in cloud.store.writes]
    assert log == [
        ("arm", "PUT", 201, True),
        ("arm", "PUT", 200, True),
        ("arm", "PUT", 409, False),
        ("arm", "PUT", 400, False),
        ("arm", "DELETE", 200, True),
        ("arm", "DELETE", 204, False),
    ]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        pytest.param({"principalId": "x"}, "InvalidCreateRoleAssignmentRequest", id="no role"),
        pytest.param({"principalId": "x", "roleDefinitionId": TENANT}, "RoleDefinitionDoesNotExist", id="unknown role"),
        pytest.param(
            {"principalId": "x", "roleDefinitionId": READER, "colour": 1},
            "InvalidRequestContent",
            id="unknown property",
        ),
    ],
)
def test_bad_assignments_are_refused(cloud: SmallCloud, properties: dict[str, Any], expected: str) -> None:
    """What Azure would refuse is refused."""
    cloud.grant(OWNER, SCOPE)
    answer = send(cloud, "PUT", f"{assignments(SCOPE)}/{NEW}", {"properties": properties})
    assert code(answer) == (400, expected)


def test_access_is_checked(cloud: SmallCloud) -> None:
    """No token, no version, no role, no right to write, no such subscription: each has its code."""
    path = assignments(SCOPE)
    assert code(send(cloud, "GET", path)) == (403, "AuthorizationFailed")
    cloud.grant(READER, SCOPE)
    assert code(send(cloud, "GET", path, version="")) == (400, "MissingApiVersionParameter")
    assert code(send(cloud, "DELETE", f"{path}/{NEW}")) == (403, "AuthorizationFailed")
    assert code(send(cloud, "GET", assignments("/subscriptions/none"))) == (404, "SubscriptionNotFound")
    assert code(send(cloud, "POST", path)) == (405, "MethodNotAllowed")
    assert code(send(cloud, "GET", path, filter="colour")) == (400, "BadRequestFormat")
    assert code(send(cloud, "GET", "/providers/Microsoft.Compute/x")) == (404, "InvalidResourceType")
    assert len(cloud.store.unknown_requests) == 1
    with httpx.Client(base_url=cloud.endpoints["arm"], verify=cloud.trust, trust_env=False) as client:
        bare = client.get(path, params={"api-version": "2022-04-01"})
    assert code(bare) == (401, "AuthenticationFailed")
    assert "Bearer" in bare.headers["www-authenticate"]


def test_subscriptions_are_those_with_a_role(cloud: SmallCloud) -> None:
    """A caller sees the subscriptions it has a role in."""
    assert send(cloud, "GET", "/subscriptions").json()["value"] == []
    cloud.grant(READER, GROUP)
    (row,) = send(cloud, "GET", "/subscriptions").json()["value"]
    assert send(cloud, "GET", SCOPE).json() == row
    assert code(send(cloud, "GET", "/subscriptions/none")) == (404, "SubscriptionNotFound")


@pytest.mark.parametrize(
    ("upper", "lower", "expected"),
    [
        ("/", "/subscriptions/a", True),
        ("/subscriptions/a", "/subscriptions/A/resourceGroups/b", True),
        ("/subscriptions/a", "/subscriptions/ab", False),
        ("/subscriptions/a/resourceGroups/b", "/subscriptions/a", False),
        ("/providers/Microsoft.Management/managementGroups/m", "/subscriptions/a", True),
    ],
)
def test_scopes_contain_each_other(upper: str, lower: str, expected: bool) -> None:
    """Whole segments decide, without regard to case."""
    assert covers(upper, lower) is expected


async def test_eligible_assignments(cloud: SmallCloud) -> None:
    """Eligible roles are listed at and above a scope, also by the real client; without a licence they are not."""
    cloud.grant(READER, SCOPE)
    rows = cloud.store.azure.role_assignments
    for scope in (SCOPE, GROUP):
        cloud.store.azure.role_eligibilities[scope] = rows.pop(cloud.grant(OWNER, scope, "someone"))
    client = AuthorizationManagementClient(
        LabCredential(cloud),
        SUBSCRIPTION,
        base_url=cloud.endpoints["arm"],
        credential_scopes=[f"{ARM_AUDIENCE}/.default"],
        connection_verify=str(cloud.ca_bundle),
        retry_total=0,
    )
    async with client:
        eligible = client.role_eligibility_schedule_instances
        found = [row.scope async for row in eligible.list_for_scope(SCOPE, filter="atScope()")]
    assert found == [SCOPE]
    path = f"{SCOPE}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances"
    assert len(send(cloud, "GET", path).json()["value"]) == 2
    cloud.store.premium = False
    assert code(send(cloud, "GET", path)) == (400, "AadPremiumLicenseRequired")
