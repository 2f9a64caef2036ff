"""How many requests the lab answers at most, from a client that does nothing else: what no figure beside can exceed."""

import asyncio
import json
import ssl
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
from big_tenant import BigTenant
from served_lab import ServedLab
from table import Row

_SECONDS = 3.0
_AT_ONCE = 64
_ASK = "import sys; from ceiling import ask_here; ask_here(sys.argv[1])"


def measure_ceiling(lab: ServedLab, tenant: BigTenant) -> list[Row]:
    """Single reads and reads in batches of twenty each second, for the latency that the lab was started with."""
    order = {
        "graph": lab.graph,
        "token_url": f"{lab.login}/{lab.tenant_id}/oauth2/v2.0/token",
        "client_id": lab.setting("client_id"),
        "secret_file": lab.setting("client_secret_file"),
        "ca_bundle": str(lab.ca_bundle),
        "ids": [one.application_id for one in tenant.leaked[:_AT_ONCE]],
    }
    command = [sys.executable, "-c", _ASK, json.dumps(order)]
    said = subprocess.run(command, check=True, cwd=Path(__file__).parent, capture_output=True, text=True)  # noqa: S603 - ours
    single, batched = json.loads(said.stdout.splitlines()[-1])
    return [
        Row("the lab's own ceiling: single reads", single, "/s"),
        Row("  reads in batches of twenty", batched, "/s"),
    ]


def ask_here(order: str) -> None:
    """What a process of its own does: prints answers each second, single and batched."""
    print(json.dumps(asyncio.run(_ask(json.loads(order)))))


async def _ask(order: dict[str, str]) -> tuple[float, float]:
    secret = (await asyncio.to_thread(Path(order["secret_file"]).read_text, encoding="utf-8")).strip()
    form = {
        "grant_type": "client_credentials",
        "client_id": order["client_id"],
        "client_secret": secret,
        "scope": "https://graph.microsoft.com/.default",
    }
    trust = ssl.create_default_context(cafile=order["ca_bundle"])
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, ssl=trust)) as session:
        async with session.post(order["token_url"], data=form) as answer:
            headers = {"Authorization": f"Bearer {(await answer.json())['access_token']}"}
        paths = [f"/applications/{one}?$select=id" for one in order["ids"]]
        steps = [{"id": str(number), "method": "GET", "url": paths[number % len(paths)]} for number in range(20)]

        async def single() -> int:
            async with session.get(f"{order['graph']}/v1.0{paths[0]}", headers=headers) as answer:
                await answer.read()
                return int(answer.status == 200)

        async def batch() -> int:
            url, body = f"{order['graph']}/v1.0/$batch", {"requests": steps}
            async with session.post(url, json=body, headers=headers) as answer:
                return sum(step["status"] == 200 for step in (await answer.json())["responses"])

        return await _rate(single), await _rate(batch)


async def _rate(ask: Callable[[], Awaitable[int]]) -> float:
    answered = 0
    started = time.perf_counter()

    async def keep_asking() -> None:
        nonlocal answered
        while time.perf_counter() - started < _SECONDS:
            more = await ask()
            answered += more

    await asyncio.gather(*(keep_asking() for _ in range(_AT_ONCE)))
    return answered / (time.perf_counter() - started)
