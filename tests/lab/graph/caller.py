"""The client tests call the simulated Graph with: it keeps each exchange and checks it against the published schema."""

from __future__ import annotations

import asyncio
import importlib
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from azremediate.lab.connection import AsgiApp

CONTRACT = Path(__file__).parents[4] / "shared" / "graph-contract"


@dataclass
class Caller:
    """Whose token the requests carry."""

    app_id: str
    object_id: str
    roles: set[str]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str
    json: Any

    @property
    def code(self) -> str:
        """The error code of a refusal."""
        return str(self.json["error"]["code"])

    @property
    def names(self) -> list[str]:
        """The display names of a collection."""
        return [row["displayName"] for row in self.json["value"]]

    @property
    def ids(self) -> list[str]:
        """The ids of a collection."""
        return [row["id"] for row in self.json["value"]]


@dataclass
class ContractClient:
    """Sends requests below /v1.0 unless the path starts with a slash."""

    app: AsgiApp
    exchanges: list[dict[str, Any]] = field(default_factory=list)

    def send(
        self, method: str, path: str, body: Any = None, *, eventual: bool = False, signed_in: bool = True
    ) -> Answer:
        """Send one request and return the answer; `eventual` adds the header of advanced queries."""
        url = path if path.startswith(("/", "http")) else f"/v1.0/{path}"
        headers = {"authorization": "Bearer test"} if signed_in else {}
        if eventual:
            headers["consistencylevel"] = "eventual"
        response = asyncio.run(self._request(method, url, headers, body))
        is_json = "json" in response.headers.get("content-type", "")
        answer = Answer(
            response.status_code, dict(response.headers), response.text, response.json() if is_json else None
        )
        if answer.status < 300 and not isinstance(body, bytes):
            self.exchanges.append(
                {
                    "method": method,
                    "url": str(response.request.url),
                    "request_headers": dict(response.request.headers),
                    "request_body": body,
                    "status": answer.status,
                    "response_body": answer.json if is_json else (answer.text or None),
                }
            )
        return answer

    async def _request(self, method: str, url: str, headers: dict[str, str], body: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
            if isinstance(body, bytes):
                typed = {**headers, "content-type": "application/json"}
                return await client.request(method, url, headers=typed, content=body)
            return await client.request(method, url, headers=headers, json=body)

    def get(self, path: str, *, eventual: bool = False) -> Answer:
        """GET a path."""
        return self.send("GET", path, eventual=eventual)

    def forget(self) -> None:
        """Leave what was sent so far out of the check: a test sent something wrong on purpose."""
        self.exchanges.clear()

    def check_contract(self) -> None:
        """Fail when an exchange of the test contradicts the published schema; without the schema this does nothing."""
        if not CONTRACT.is_dir() or not self.exchanges:
            return
        sys.path.insert(0, str(CONTRACT))
        try:
            checker = importlib.import_module("graphcheck").Checker()
        finally:
            sys.path.remove(str(CONTRACT))
        found = [line for number, row in enumerate(self.exchanges) for line in checker.check(row, str(number))]
        assert not found, found
