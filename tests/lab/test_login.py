"""Sign-in: real clients get tokens, and every refusal has its number."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity.aio import CertificateCredential, ClientSecretCredential
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from azremediate.lab import jwt
from azremediate.lab.tokens import GRAPH_AUDIENCE, VAULT_AUDIENCE, Claims
from tests.lab.small_tenant import APP, PRINCIPAL, TENANT, Keypair, SmallCloud, make_keypair

SCOPE = f"{GRAPH_AUDIENCE}/.default"


def options(cloud: SmallCloud) -> dict[str, Any]:
    """Return what points azure-identity at the lab."""
    return {
        "authority": cloud.endpoints["login"],
        "disable_instance_discovery": True,
        "connection_verify": str(cloud.ca_bundle),
    }


def ask(cloud: SmallCloud, tenant: str = TENANT, **form: str) -> httpx.Response:
    """Post a token request; a field given as an empty text is left out."""
    fields = {
        "grant_type": "client_credentials",
        "client_id": APP,
        "client_secret": cloud.secret,
        "scope": SCOPE,
    } | form
    body = {name: value for name, value in fields.items() if value}
    with httpx.Client(verify=cloud.trust, trust_env=False) as client:
        return client.post(f"{cloud.endpoints['login']}/{tenant}/oauth2/v2.0/token", data=body)


def refusal(answer: httpx.Response) -> tuple[int, str, int]:
    """Return (status, OAuth error, AADSTS number) and check the body's form."""
    body = answer.json()
    (number,) = body["error_codes"]
    assert body["error_description"].startswith(f"AADSTS{number}: ")
    assert {"timestamp", "trace_id", "correlation_id", "error_uri"} <= body.keys()
    return answer.status_code, body["error"], number


async def test_real_client_signs_in_with_secret(cloud: SmallCloud) -> None:
    """azure-identity gets a token that says who it is and what it may do."""
    async with ClientSecretCredential(TENANT, APP, cloud.secret, **options(cloud)) as credential:
        token = await credential.get_token(SCOPE)
    claims = cloud.tokens.verify(token.token, GRAPH_AUDIENCE)
    assert claims == Claims(APP, PRINCIPAL, TENANT, ("User.Read.All",), GRAPH_AUDIENCE)
    assert 3500 < token.expires_on - datetime.now(UTC).timestamp() <= 3600


async def test_real_client_signs_in_with_certificate(cloud: SmallCloud, keypair: Keypair) -> None:
    """azure-identity's assertion is checked against the registered certificate."""
    async with CertificateCredential(TENANT, APP, certificate_data=keypair.pem, **options(cloud)) as credential:
        token = await credential.get_token(SCOPE)
    assert isinstance(cloud.tokens.verify(token.token, GRAPH_AUDIENCE), Claims)


async def test_unregistered_certificate_is_refused(cloud: SmallCloud) -> None:
    """A certificate the application does not have is no credential."""
    async with CertificateCredential(TENANT, APP, certificate_data=make_keypair().pem, **options(cloud)) as credential:
        with pytest.raises(ClientAuthenticationError, match="AADSTS700027"):
            await credential.get_token(SCOPE)


async def test_real_client_hears_about_a_wrong_secret(cloud: SmallCloud) -> None:
    """The error is Microsoft's, and does not repeat the secret."""
    wrong = secrets.token_urlsafe(24)
    async with ClientSecretCredential(TENANT, APP, wrong, **options(cloud)) as credential:
        with pytest.raises(ClientAuthenticationError, match="AADSTS7000215") as caught:
            await credential.get_token(SCOPE)
    assert wrong not in str(caught.value)


def test_tenant_may_be_named_by_domain(cloud: SmallCloud) -> None:
    """The domain is as good as the id, the own endpoint as good as the well-known resource."""
    answer = ask(cloud, "small.onmicrosoft.com", scope=f"{cloud.endpoints['vault']}/.default")
    claims = cloud.tokens.verify(answer.json()["access_token"], VAULT_AUDIENCE)
    assert isinstance(claims, Claims)
    assert claims.roles == ()


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        pytest.param({"tenant": "other"}, (400, "invalid_request", 90002), id="tenant"),
        pytest.param({"client_id": "9" * 8}, (400, "unauthorized_client", 700016), id="application"),
        pytest.param({"client_secret": "obviously-wrong"}, (401, "invalid_client", 7000215), id="secret"),
        pytest.param({"client_secret": ""}, (401, "invalid_client", 7000218), id="no credential"),
        pytest.param({"client_id": ""}, (400, "invalid_request", 900144), id="no client"),
        pytest.param({"grant_type": "device_code"}, (400, "unsupported_grant_type", 70003), id="grant"),
        pytest.param({"scope": "openid"}, (400, "invalid_scope", 1002012), id="scope"),
        pytest.param({"scope": "https://evil.invalid/.default"}, (400, "invalid_resource", 500011), id="resource"),
        pytest.param({"client_assertion": "x"}, (400, "invalid_request", 900144), id="assertion without type"),
        pytest.param(
            {
                "client_assertion": "x",
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            },
            (400, "invalid_request", 50027),
            id="malformed assertion",
        ),
    ],
)
def test_refusals_have_numbers(cloud: SmallCloud, form: dict[str, str], expected: tuple[int, str, int]) -> None:
    """Each reason has its status, OAuth word and number."""
    assert refusal(ask(cloud, **form)) == expected


def test_state_decides_who_signs_in(cloud: SmallCloud) -> None:
    """Disabled, deactivated, expired, delayed, deleted: each is refused in its own way."""
    store = cloud.store
    (application,) = store.applications.values()
    (principal,) = store.service_principals.values()
    (credential,) = application["passwordCredentials"]
    assert ask(cloud).status_code == 200
    principal["accountEnabled"] = False
    assert refusal(ask(cloud)) == (400, "unauthorized_client", 7000112)
    principal["accountEnabled"] = True
    application["isDisabled"] = True
    assert "by its owner" in ask(cloud).json()["error_description"]
    application["isDisabled"] = False
    credential["endDateTime"] = "2020-01-01T00:00:00Z"
    assert refusal(ask(cloud)) == (401, "invalid_client", 7000222)
    credential["endDateTime"] = "2099-01-01T00:00:00Z"
    store.lag.secret_delay = 30
    store.new_secret(application["id"], credential["keyId"], cloud.secret)
    assert refusal(ask(cloud)) == (401, "invalid_client", 7000215)
    store.clock.advance(31)
    assert ask(cloud).status_code == 200
    application["passwordCredentials"] = []
    assert refusal(ask(cloud)) == (401, "invalid_client", 7000215)
    store.service_principals.take(PRINCIPAL)
    assert refusal(ask(cloud)) == (400, "unauthorized_client", 7000229)
    store.applications.take(application["id"])
    assert refusal(ask(cloud)) == (400, "unauthorized_client", 700016)


@pytest.mark.parametrize(
    ("change", "number"),
    [
        pytest.param({"iss": "someone"}, 700213, id="federated"),
        pytest.param({"exp": 5}, 700024, id="late"),
        pytest.param({"exp": None}, 700024, id="endless"),
        pytest.param({"aud": "https://login.invalid/other/v2.0"}, 700027, id="audience"),
        pytest.param({}, 700027, id="signature"),
    ],
)
def test_bad_assertions_have_numbers(cloud: SmallCloud, keypair: Keypair, change: dict[str, Any], number: int) -> None:
    """Claims are checked first, then the signature against the certificate that the header names."""
    now = int(datetime.now(UTC).timestamp())
    claims = {"iss": APP, "sub": APP, "exp": now + 60, "aud": f"https://login.invalid/{TENANT}/v2.0"} | change
    # Signed by the tenant's own key while the header names the registered certificate.
    named = jwt.to_base64url(bytes.fromhex(keypair.as_credential()["customKeyIdentifier"]))
    text = jwt.encode(claims, cloud.tokens._key, named)
    answer = ask(
        cloud,
        client_secret="",
        client_assertion=text,
        client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    )
    assert refusal(answer)[2] == number
    assert text not in answer.text


def test_documents_point_to_this_service(cloud: SmallCloud) -> None:
    """Discovery names the endpoints of this lab; other pages do not exist and are noted."""
    with httpx.Client(base_url=cloud.endpoints["login"], verify=cloud.trust, trust_env=False) as client:
        found = client.get(f"/{TENANT}/v2.0/.well-known/openid-configuration").json()
        assert found["token_endpoint"] == f"{cloud.endpoints['login']}/{TENANT}/oauth2/v2.0/token"
        assert client.get(found["jwks_uri"]).json() == cloud.tokens.key_set()
        assert client.get("/nonsense").status_code == 404
    assert [row["path"] for row in cloud.store.unknown_requests] == ["/nonsense"]


def test_federated_issuer_signs_in(cloud: SmallCloud) -> None:
    """A token of a trusted issuer, subject and audience is a credential; anything else is none."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    (application,) = cloud.store.applications.values()
    trusted = {"iss": "https://issuer.invalid", "sub": "job:main", "aud": "api://AzureADTokenExchange"}
    row = {"issuer": trusted["iss"], "subject": trusted["sub"], "audiences": [trusted["aud"]]}
    cloud.store.federated_credentials[application["id"]] = [{"id": "x", "name": "main", **row}]

    def number(**change: str) -> int:
        claims = {**trusted, "exp": int(datetime.now(UTC).timestamp()) + 60, **change}
        answer = ask(
            cloud,
            client_secret="",
            client_assertion=jwt.encode(claims, key, "key-1"),
            client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        )
        return 0 if answer.status_code == 200 else refusal(answer)[2]

    assert number() == 700027  # nobody published the issuer's key yet
    cloud.store.issuers[trusted["iss"]] = public
    assert number() == 0
    assert [number(sub="job:fork"), number(aud="other"), number(iss="https://evil.invalid")] == [700213] * 3
    (principal,) = cloud.store.service_principals.values()
    principal["accountEnabled"] = False
    assert number() == 7000112
    cloud.store.federated_credentials.clear()
    assert number() == 700213
