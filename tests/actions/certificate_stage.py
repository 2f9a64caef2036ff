"""Certificates for the staged application: plain ones, and a pair that signs SAML tokens with its password."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

from azremediate.core.clock import iso
from azremediate.core.credential import CredentialKind
from azremediate.core.target import ExposedCredential, Target, TargetKind
from tests.actions.stage import APPLICATION, PRINCIPAL, a_tenant, an_application, secret
from tests.fakes import START, FakeTenant

OLD, OTHER, ON_PRINCIPAL, SIGN, TWIN = (f"cececece-0000-4000-8000-00000000000{number}" for number in range(1, 6))
SIGN_PASSWORD = "cececece-0000-4000-8000-000000000009"


def certificate(key_id: str, *, days: float = 100, usage: str = "Verify", der: str = "", key: bool = True) -> Any:
    """A certificate as Graph shows it when keyCredentials are selected."""
    content = (der or key_id).encode()
    return {
        "keyId": key_id,
        "displayName": f"CN={key_id[-3:]}",
        "customKeyIdentifier": hashlib.sha1(content, usedforsecurity=False).hexdigest().upper(),
        "key": base64.b64encode(content).decode() if key else None,
        "type": "AsymmetricX509Cert",
        "usage": usage,
        "startDateTime": iso(START - timedelta(days=days)),
        "endDateTime": iso(START + timedelta(days=100)),
    }


def a_tenant_with_certificates() -> FakeTenant:
    """Two on the application, one of them younger; one on the service principal."""
    tenant = a_tenant()
    tenant.collections["/applications"][0]["keyCredentials"] = [certificate(OLD), certificate(OTHER, days=10)]
    tenant.collections["/servicePrincipals"][0]["keyCredentials"] = [certificate(ON_PRINCIPAL)]
    return tenant


def add_signing(tenant: FakeTenant, *, key: bool = True) -> None:
    """A SAML signing certificate on the service principal: its two halves and its password."""
    principal = tenant.collections["/servicePrincipals"][0]
    principal["keyCredentials"] += [
        certificate(SIGN, usage="Sign", der="saml", key=key),
        certificate(TWIN, der="saml"),
    ]
    identifier = hashlib.sha1(b"saml", usedforsecurity=False).digest()
    password = {**secret(SIGN_PASSWORD), "customKeyIdentifier": base64.b64encode(identifier).decode()}
    principal["passwordCredentials"].append(password)


def certificate_ids(tenant: FakeTenant) -> list[str]:
    """The key ids of every certificate on application and service principal."""
    rows = (*tenant.collections["/applications"], *tenant.collections["/servicePrincipals"])
    return [one["keyId"] for row in rows for one in row["keyCredentials"]]


def leaked_certificate(key_id: str = OLD, holder: TargetKind = TargetKind.APPLICATION) -> ExposedCredential:
    """A certificate that the list names."""
    holder_id = APPLICATION if holder is TargetKind.APPLICATION else PRINCIPAL
    return ExposedCredential(CredentialKind.CERTIFICATE, holder, holder_id, key_id, "", "", "listed")


def with_leaked_certificates(*leaked: ExposedCredential) -> Target:
    """The application whose certificates leaked; without `leaked`, the old one of the application."""
    return an_application(*(leaked or (leaked_certificate(),)))
