"""The responder's identity at a running lab, as a plain HTTP client."""

from __future__ import annotations

import ssl
from typing import Any

import httpx

from azremediate.lab.server import Lab


class Client:
    """The responder, signed in to a lab by a plain HTTP client."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.trust = ssl.create_default_context(cafile=str(lab.ca_bundle))
        self.token = self.sign_in().json()["access_token"]

    def sign_in(self, scope: str = "https://graph.microsoft.com/.default") -> httpx.Response:
        """Ask for a token with the responder's secret."""
        responder = self.lab.store.responder
        assert responder is not None
        form = {
            "grant_type": "client_credentials",
            "client_id": responder.app_id,
            "client_secret": responder.secret,
            "scope": scope,
        }
        address = f"{self.lab.endpoints['login']}/{self.lab.store.tenant_id}/oauth2/v2.0/token"
        return httpx.post(address, data=form, verify=self.trust, trust_env=False)

    def graph(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Send one request to Graph."""
        headers = {"authorization": f"Bearer {self.token}"}
        with httpx.Client(verify=self.trust, trust_env=False, timeout=60) as client:
            return client.request(method, self.lab.endpoints["graph"] + path, json=body, headers=headers)

    def arm(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Send one request to Azure Resource Manager, with a token for it."""
        token = self.sign_in("https://management.azure.com/.default").json()["access_token"]
        with httpx.Client(verify=self.trust, trust_env=False, timeout=60) as client:
            headers = {"authorization": f"Bearer {token}"}
            return client.request(method, self.lab.endpoints["arm"] + path, json=body, headers=headers)

    def control(self, method: str, name: str, body: Any = None, **headers: str) -> httpx.Response:
        """Send one request to a control path, without a token."""
        with httpx.Client(verify=self.trust, trust_env=False) as client:
            address = f"{self.lab.endpoints['graph']}/_lab/{name}"
            return client.request(method, address, json=body, headers=headers)


def any_user(lab: Lab) -> str:
    """Return the id of a user that holds no directory role."""
    return next(key for key in lab.store.users if not lab.store.directory_roles_of(key))
