"""The script that a responder writes today: msgraph-sdk with its defaults, one credential after the other or all.

Reads one JSON object from standard input: graph, login, vault, ca_bundle, tenant_id, client_id, secret_file, mode
(look-up, rotate), how (sequential, gather) and rows of [appId, keyId]. Prints {"seconds", "cpu", "start_cpu", "done",
"failed", "errors"}.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azure.identity.aio import ClientSecretCredential
from azure.keyvault.secrets.aio import SecretClient
from kiota_abstractions.api_error import APIError
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph.generated.applications.applications_request_builder import ApplicationsRequestBuilder
from msgraph.generated.applications.item.add_password.add_password_post_request_body import AddPasswordPostRequestBody
from msgraph.generated.applications.item.remove_password.remove_password_post_request_body import (
    RemovePasswordPostRequestBody,
)
from msgraph.generated.models.password_credential import PasswordCredential
from msgraph.generated.service_principals.service_principals_request_builder import ServicePrincipalsRequestBuilder
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_service_client import GraphServiceClient
from msgraph_core import GraphClientFactory  # type: ignore[import-untyped]  # no py.typed

_SCOPE = "https://graph.microsoft.com/.default"


@dataclass(frozen=True, slots=True)
class Script:
    """What it works with."""

    graph: GraphServiceClient
    vault: SecretClient
    order: dict[str, Any]

    async def look_up(self, app_id: str) -> str:
        """The application's object id; its service principal is looked at too."""
        apps = ApplicationsRequestBuilder.ApplicationsRequestBuilderGetQueryParameters(filter=f"appId eq '{app_id}'")
        found = await self.graph.applications.get(RequestConfiguration(query_parameters=apps))
        principals = ServicePrincipalsRequestBuilder.ServicePrincipalsRequestBuilderGetQueryParameters(
            filter=f"appId eq '{app_id}'"
        )
        await self.graph.service_principals.get(RequestConfiguration(query_parameters=principals))
        if found is None or not found.value or found.value[0].id is None:
            raise LookupError(app_id)
        return found.value[0].id

    async def rotate(self, app_id: str, key_id: str) -> None:
        """Add, store, sign in, remove, look again."""
        application = self.graph.applications.by_application_id(await self.look_up(app_id))
        body = AddPasswordPostRequestBody(password_credential=PasswordCredential(display_name="rotated"))
        made = await application.add_password.post(body)
        if made is None or made.secret_text is None:
            raise LookupError(app_id)
        await self.vault.set_secret(f"app-{app_id}", made.secret_text)
        async with self.credential(app_id, made.secret_text) as credential:
            await credential.get_token(_SCOPE)
        await application.remove_password.post(RemovePasswordPostRequestBody(key_id=key_id))  # type: ignore[arg-type]  # text is sent as it is
        await application.get()

    def credential(self, client_id: str, secret: str) -> ClientSecretCredential:
        """A sign-in at the lab."""
        return ClientSecretCredential(
            self.order["tenant_id"],
            client_id,
            secret,
            authority=self.order["login"],
            disable_instance_discovery=True,
            connection_verify=self.order["ca_bundle"],
        )


async def _work(order: dict[str, Any]) -> dict[str, Any]:
    secret = await asyncio.to_thread(Path(order["secret_file"]).read_text, encoding="utf-8")
    failed: list[str] = []
    bare = Script(None, None, order)  # type: ignore[arg-type]  # only its credential is used
    async with (
        bare.credential(order["client_id"], secret.strip()) as own,
        SecretClient(
            order["vault"], own, verify_challenge_resource=False, connection_verify=order["ca_bundle"]
        ) as vault,
    ):
        provider = AzureIdentityAuthenticationProvider(own, scopes=[_SCOPE])
        adapter = GraphRequestAdapter(provider, GraphClientFactory.create_with_default_middleware())
        adapter.base_url = f"{order['graph']}/v1.0"
        script = Script(GraphServiceClient(request_adapter=adapter), vault, order)

        async def one(app_id: str, key_id: str) -> None:
            try:
                await (script.look_up(app_id) if order["mode"] == "look-up" else script.rotate(app_id, key_id))
            except (APIError, LookupError, OSError) as error:
                failed.append(type(error).__name__)

        await script.look_up(order["rows"][0][0])  # the first use of a typed model costs a second, once
        started, cpu = time.perf_counter(), time.process_time()
        if order["how"] == "gather":
            results = await asyncio.gather(*(one(*row) for row in order["rows"]), return_exceptions=True)
            failed += [type(result).__name__ for result in results if isinstance(result, BaseException)]
        else:
            for row in order["rows"]:
                await one(*row)
        seconds, used = time.perf_counter() - started, time.process_time() - cpu
    done = len(order["rows"]) - len(failed)
    return {
        "seconds": seconds,
        "cpu": used,
        "done": done,
        "failed": len(failed),
        "errors": sorted(set(failed)),
        "start_cpu": cpu,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_work(json.loads(sys.stdin.read())))) + "\n")
