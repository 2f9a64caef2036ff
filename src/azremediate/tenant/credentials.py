"""The tool's own identity: which Azure credential a configuration means, and where its secret comes from.

`auth.method: default` takes the first of these that is there, and never asks the network to find out: workload identity
(AZURE_FEDERATED_TOKEN_FILE or auth.token_file), client secret (AZREMEDIATE_CLIENT_SECRET or auth.client_secret_file),
certificate (auth.certificate_file), managed identity (IDENTITY_ENDPOINT or MSI_ENDPOINT, as App Service, Functions,
Container Apps and Arc set them), Azure CLI. A virtual machine's managed identity has no sign in the environment: name
the method.
"""

import asyncio
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import AioHttpTransport

from azremediate.core.config import Auth, AuthMethod, Config
from azremediate.core.errors import ConfigInvalid
from azremediate.core.events import Listener, Waiting
from azremediate.core.secret import Secret
from azremediate.tenant.clouds import CloudEndpoints
from azremediate.tenant.sign_in import login_options, secret_credential
from azremediate.tenant.token_source import Credential

SECRET_VARIABLE: Final = "AZREMEDIATE_CLIENT_SECRET"
_MAX_SECRET_FILE: Final = 4096

FALLBACKS: Final = {
    AuthMethod.CLIENT_SECRET: f"check auth.client_id and {SECRET_VARIABLE}",
    AuthMethod.CERTIFICATE: "check auth.client_id and auth.certificate_file",
    AuthMethod.WORKLOAD_IDENTITY: "check auth.client_id and that the job may ask for an identity token",
    AuthMethod.MANAGED_IDENTITY: "check that this machine has a managed identity, and auth.client_id if it has several",
    AuthMethod.AZURE_CLI: "run `az login --tenant TENANT_ID`, or choose another auth.method",
    AuthMethod.DEVICE_CODE: "sign in at the address that is shown, within the time it names",
}


def chosen_method(auth: Auth, environ: Mapping[str, str]) -> AuthMethod:
    """The method that is meant; resolves `default` by what is there."""
    if auth.method is not AuthMethod.DEFAULT:
        return auth.method
    if auth.token_file or environ.get("AZURE_FEDERATED_TOKEN_FILE"):
        return AuthMethod.WORKLOAD_IDENTITY
    if auth.client_secret_file or environ.get(SECRET_VARIABLE):
        return AuthMethod.CLIENT_SECRET
    if auth.certificate_file:
        return AuthMethod.CERTIFICATE
    if environ.get("IDENTITY_ENDPOINT") or environ.get("MSI_ENDPOINT"):
        return AuthMethod.MANAGED_IDENTITY
    return AuthMethod.AZURE_CLI


def credential_maker(
    config: Config,
    endpoints: CloudEndpoints,
    transport: AioHttpTransport,
    listener: Listener,
    environ: Mapping[str, str],
) -> Callable[[], Credential]:
    """A function that makes a fresh credential; what the configuration lacks is a `ConfigInvalid` at once."""
    auth, tenant = config.auth, config.tenant_id
    common = login_options(endpoints, transport)
    match chosen_method(auth, environ):
        case AuthMethod.CLIENT_SECRET:
            client_id, secret = _client_id(auth, environ), client_secret(auth, environ)
            return lambda: secret_credential(tenant, client_id, secret, common)
        case AuthMethod.CERTIFICATE:
            return _certificate(tenant, _client_id(auth, environ), auth.certificate_file, common)
        case AuthMethod.WORKLOAD_IDENTITY:
            return _workload(tenant, auth, environ, common)
        case AuthMethod.MANAGED_IDENTITY:
            return lambda: _managed(auth.client_id, trust_env=config.network.trust_env)
        case AuthMethod.DEVICE_CODE:
            device = DeviceCode(config, endpoints, listener)
            return lambda: device
        case _:
            return lambda: _azure_cli(tenant)


def client_secret(auth: Auth, environ: Mapping[str, str]) -> Secret:
    """The tool's own client secret from the environment, else from the file; raises `ConfigInvalid`."""
    text = environ.get(SECRET_VARIABLE, "").strip()
    if not text and auth.client_secret_file:
        text = _read_private(Path(auth.client_secret_file))
    if not text:
        raise ConfigInvalid(
            "there is no client secret to sign in with",
            hint=f"set {SECRET_VARIABLE}, or name a file in auth.client_secret_file",
        )
    return Secret(text)


def _read_private(path: Path) -> str:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(_MAX_SECRET_FILE + 1)
    except OSError as error:
        raise ConfigInvalid(
            f"auth.client_secret_file cannot be read: {error.strerror or 'unknown reason'}", file=str(path)
        ) from None
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise ConfigInvalid("others may read the client secret's file", file=str(path), hint=f"chmod 600 {path}")
    text = content.decode("utf-8-sig", "replace").strip()
    if not text or len(content) > _MAX_SECRET_FILE or not text.isprintable():
        raise ConfigInvalid("the client secret's file does not hold one line with a secret", file=str(path))
    return text


def _client_id(auth: Auth, environ: Mapping[str, str]) -> str:
    client_id = auth.client_id or environ.get("AZURE_CLIENT_ID", "")
    if not client_id:
        raise ConfigInvalid(
            "auth.client_id is missing", hint="it is the application (client) id of the tool's own identity"
        )
    return client_id


def _certificate(tenant_id: str, client_id: str, path: str, options: Mapping[str, Any]) -> Callable[[], Credential]:
    from azure.identity.aio import CertificateCredential

    if not path:
        raise ConfigInvalid(
            "auth.certificate_file is missing", hint="name a PEM file with certificate and RSA private key"
        )

    def make() -> Credential:
        try:
            return CertificateCredential(tenant_id, client_id, path, **options)
        except (ValueError, OSError):
            # from None: the parser's error may quote what it read
            raise ConfigInvalid(
                "auth.certificate_file cannot be used",
                file=path,
                hint="it must be PEM with a certificate and an RSA key",
            ) from None

    make()
    return make


def _workload(
    tenant_id: str, auth: Auth, environ: Mapping[str, str], options: Mapping[str, Any]
) -> Callable[[], Credential]:
    from azure.identity.aio import WorkloadIdentityCredential

    token_file = auth.token_file or environ.get("AZURE_FEDERATED_TOKEN_FILE", "")
    if not token_file:
        raise ConfigInvalid(
            "there is no identity token to sign in with", hint="set AZURE_FEDERATED_TOKEN_FILE or auth.token_file"
        )
    client_id = _client_id(auth, environ)
    return lambda: WorkloadIdentityCredential(
        tenant_id=tenant_id, client_id=client_id, token_file_path=token_file, **options
    )


def _managed(client_id: str, *, trust_env: bool) -> Credential:
    """It asks an address of this machine, in plain HTTP: a proxy of the environment would see the token."""
    from azure.identity.aio import ManagedIdentityCredential

    named: dict[str, Any] = {"client_id": client_id} if client_id else {}
    return ManagedIdentityCredential(use_env_settings=trust_env, **named)


def _azure_cli(tenant_id: str) -> Credential:
    from azure.identity.aio import AzureCliCredential

    return AzureCliCredential(tenant_id=tenant_id)


class DeviceCode:
    """Signs a person in on another device; Azure's own credential for it blocks, so it runs in a thread."""

    def __init__(self, config: Config, endpoints: CloudEndpoints, listener: Listener) -> None:
        from azure.identity import DeviceCodeCredential

        self._listener = listener
        self._loop = asyncio.get_running_loop()
        options: dict[str, Any] = {"use_env_settings": config.network.trust_env}
        if endpoints.ca_bundle:
            options["connection_verify"] = endpoints.ca_bundle
        if config.auth.client_id:
            options["client_id"] = config.auth.client_id
        self._credential = DeviceCodeCredential(
            tenant_id=config.tenant_id,
            authority=endpoints.login,
            disable_instance_discovery=endpoints.custom,
            prompt_callback=self._prompt,
            **options,
        )

    async def get_token(self, *scopes: str, claims: str | None = None) -> AccessToken:
        """A token, after the person has signed in the first time, and again when claims ask for it."""
        return await asyncio.to_thread(self._credential.get_token, *scopes, claims=claims)

    async def close(self) -> None:
        """Nothing: the sign-in is kept for the whole run, so that the person is asked once."""

    def _prompt(self, address: str, user_code: str, _: object) -> None:
        event = Waiting(f"sign in at {address} with the code {user_code}", 900.0)
        self._loop.call_soon_threadsafe(self._listener, event)
