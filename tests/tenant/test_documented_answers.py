"""The documented sample answers of Graph go through the real client: what Microsoft shows, the tool can read."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from azremediate.core.errors import ServiceFailing
from azremediate.core.ports import Read
from azremediate.core.write import Write
from azremediate.tenant.access import Tenant
from tests.tenant.loopback import Reply, Seen, reply
from tests.tenant.stage import Redeemer, Stage

SAMPLES = Path(__file__).parents[3] / "shared" / "graph-contract" / "examples-open.json"
pytestmark = pytest.mark.skipif(not SAMPLES.exists(), reason="the documented samples are not beside the project")


def _samples() -> list[dict[str, Any]]:
    examples: list[dict[str, Any]] = json.loads(SAMPLES.read_text(encoding="utf-8"))["examples"]
    return [one for one in examples if one["status"] < 300 and "/v1.0/" in one["url"]]


def _path(sample: Mapping[str, Any]) -> str:
    return quote(urlsplit(sample["url"]).path.partition("/v1.0")[2], safe="/()=',@:$-._~")


def _answer(stage: Stage, sample: Mapping[str, Any]) -> None:
    """Let the server give the sample's answer to everything."""
    body = sample.get("response_body")

    def script(_: Seen) -> Reply:
        return Reply(sample["status"]) if body is None else reply(sample["status"], body)

    stage.graph.script = script


async def test_every_object_and_page_is_read_as_it_stands(stage: Stage, tenant: Tenant) -> None:
    """Objects come back whole, collections item by item; a link to another host is refused, not followed."""
    objects = pages = foreign = 0
    for sample in _samples():
        body = sample.get("response_body")
        if sample["method"] != "GET" or sample["status"] != 200 or not isinstance(body, dict):
            continue
        _answer(stage, sample)
        read = Read(_path(sample))
        assert await tenant.get(read) == body, sample["url"]
        objects += 1
        if not isinstance(body.get("value"), list) or not all(isinstance(item, dict) for item in body["value"]):
            continue
        found: list[Any] = []
        try:
            async for page in tenant.pages(read):
                found += page
        except ServiceFailing:
            assert "graph.microsoft.com" in body["@odata.nextLink"], sample["url"]
            foreign += 1
        else:
            assert found == body["value"], sample["url"]
        pages += 1
    assert (objects > 300, pages > 100, foreign > 0) == (True, True, True)


async def test_every_write_is_understood(stage: Stage, tenant: Tenant) -> None:
    """Each documented success of a write is a performed one with the members it shows, and never an unknown outcome."""
    redeemer = Redeemer()
    writer = tenant.writer(redeemer)
    writes = secrets = 0
    for number, sample in enumerate(_samples(), 1):
        body = sample.get("response_body")
        # 202 says that the work is not done yet; and some samples do not show what came back
        told = isinstance(body, dict) if sample["status"] in (200, 201) else (sample["status"], body) == (204, None)
        if sample["method"] == "GET" or not told:
            continue
        _answer(stage, sample)
        shown = dict(body or {})
        reveals = "secretText" if shown.pop("secretText", None) else ""
        write = Write(f"step-{number}", sample["method"], "/applications", reveals=reveals)
        receipt = await writer.write(write, redeemer.intent(number))
        assert receipt.facts == {name: value for name, value in shown.items() if not name.startswith("@odata.")}
        assert (receipt.secret is not None) == bool(reveals)
        writes += 1
        secrets += bool(reveals)
    assert (writes > 100, secrets > 0) == (True, True)
