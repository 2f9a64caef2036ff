"""What Microsoft's SDK does by itself with one addPassword whose answer is lost: the comparison for the figures."""

import ssl
from typing import Any

import httpx
from kiota_abstractions.authentication import (
    AccessTokenProvider,
    AllowedHostsValidator,
    BaseBearerTokenAuthenticationProvider,
)
from msgraph.generated.applications.item.add_password.add_password_post_request_body import AddPasswordPostRequestBody
from msgraph.generated.models.password_credential import PasswordCredential
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_service_client import GraphServiceClient
from msgraph_core import GraphClientFactory  # type: ignore[import-untyped]  # no py.typed

from azremediate.lab.server import Lab
from tests.faults.ledger import Ledger


class _Token(AccessTokenProvider):
    def __init__(self, token: str) -> None:
        self._token = token

    async def get_authorization_token(
        self, uri: str, additional_authentication_context: dict[str, Any] | None = None
    ) -> str:
        return self._token

    def get_allowed_hosts_validator(self) -> AllowedHostsValidator:
        return AllowedHostsValidator([])


async def secrets_after_one_call(lab: Lab, lost_answers: int, status: int = 503) -> int:
    """Live secrets that one `add_password.post()` with the SDK's defaults leaves behind.

    lost_answers: how many answers of this status come after the write took effect; the next one arrives.
    """
    fault = {"method": "POST", "path": "/addPassword$", "kind": "status", "status": status, "when": "after"}
    lab.reset()
    lab.set_faults([{**fault, "times": lost_answers}])
    client = GraphClientFactory.create_with_default_middleware(client=httpx.AsyncClient(trust_env=False))
    provider = BaseBearerTokenAuthenticationProvider(_Token(await _sign_in(lab)))
    adapter = GraphRequestAdapter(provider, client)
    adapter.base_url = f"{lab.endpoints['graph']}/v1.0"
    graph = GraphServiceClient(request_adapter=adapter)
    application = lab.store.named["payroll-api"]
    body = AddPasswordPostRequestBody(password_credential=PasswordCredential(display_name="azr-plain-1"))
    await graph.applications.by_application_id(application).add_password.post(body)
    await client.aclose()
    return len(list(Ledger(lab.store, {"changes": []}, lab.ca_bundle.parent).live()))


async def _sign_in(lab: Lab) -> str:
    responder = lab.store.responder
    if responder is None:
        raise ValueError("the tenant has no identity to sign in with")
    form = {
        "grant_type": "client_credentials",
        "client_id": responder.app_id,
        "client_secret": responder.secret,
        "scope": "https://graph.microsoft.com/.default",
    }
    trust = ssl.create_default_context(cafile=str(lab.ca_bundle))
    async with httpx.AsyncClient(verify=trust, trust_env=False) as http:
        answer = await http.post(f"{lab.endpoints['login']}/{lab.store.tenant_id}/oauth2/v2.0/token", data=form)
    return str(answer.json()["access_token"])
