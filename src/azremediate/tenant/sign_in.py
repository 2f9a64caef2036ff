"""Asks the sign-in service whether a client secret or a certificate works, each time with a new client."""

from collections.abc import Callable, Mapping
from typing import Any

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError
from azure.core.pipeline.transport import AioHttpTransport
from azure.identity.aio import CertificateCredential, ClientSecretCredential

from azremediate.core.ports import SignIn, SignInAnswer
from azremediate.core.secret import Secret
from azremediate.tenant.clouds import CloudEndpoints
from azremediate.tenant.key_pair import pair_bytes
from azremediate.tenant.sign_in_errors import DISABLED, WRONG_SECRET, code_in
from azremediate.tenant.token_source import Credential


def secret_credential(tenant_id: str, client_id: str, secret: Secret, options: Mapping[str, Any]) -> Credential:
    """A credential with an empty cache for a client secret."""
    return secret.use(lambda text: ClientSecretCredential(tenant_id, client_id, text, **options))


def certificate_credential(tenant_id: str, client_id: str, pair: Secret, options: Mapping[str, Any]) -> Credential:
    """A credential with an empty cache for a private key with its certificate; raises `ValueError` for no such pair."""
    return pair.use(
        lambda text: CertificateCredential(tenant_id, client_id, certificate_data=pair_bytes(text), **options)
    )


def login_options(endpoints: CloudEndpoints, transport: AioHttpTransport) -> dict[str, Any]:
    """What every credential that talks to the sign-in service is given; retries are the caller's business."""
    return {
        "authority": endpoints.login,
        "disable_instance_discovery": endpoints.custom,
        "transport": transport,
        "retry_total": 0,
    }


class Prover:
    """The questions of `core.ports.SignInProver`."""

    def __init__(self, tenant_id: str, endpoints: CloudEndpoints, transport: AioHttpTransport) -> None:
        self._tenant_id = tenant_id
        self._scope = endpoints.graph_scope
        self._options = login_options(endpoints, transport)

    async def try_secret(self, app_id: str, secret: Secret) -> SignInAnswer:
        """One token request; a failure of the service itself is `UNCLEAR`, never an exception."""
        return await self._ask(lambda: secret_credential(self._tenant_id, app_id, secret, self._options))

    async def try_certificate(self, app_id: str, pair: Secret) -> SignInAnswer:
        """One token request with a signed assertion; as `try_secret`."""
        return await self._ask(lambda: certificate_credential(self._tenant_id, app_id, pair, self._options))

    async def _ask(self, make: Callable[[], Credential]) -> SignInAnswer:
        try:
            await make().get_token(self._scope)
        except (ClientAuthenticationError, HttpResponseError) as error:
            return answer_for(error.message, error.status_code)
        except (AzureError, ValueError, OSError):
            return SignInAnswer(SignIn.UNCLEAR, "unreachable")
        return SignInAnswer(SignIn.ACCEPTED)


def answer_for(message: str, status: int | None) -> SignInAnswer:
    """What a refusal says about the credential.

    Microsoft warns that programs should not depend on the numbers, so the OAuth error is looked at too: only
    `invalid_client` is about the credential.
    """
    code = code_in(message)
    if code in WRONG_SECRET:
        return SignInAnswer(SignIn.REFUSED, code)
    if code in DISABLED:
        return SignInAnswer(SignIn.DISABLED, code)
    words = message.casefold()
    if "invalid_client" in words:
        return SignInAnswer(SignIn.REFUSED, code or "invalid_client")
    if "unauthorized_client" in words and "disabled" in words:
        return SignInAnswer(SignIn.DISABLED, code or "unauthorized_client")
    return SignInAnswer(SignIn.UNCLEAR, code or (f"status {status}" if status else "unknown"))
