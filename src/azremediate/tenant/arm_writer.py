"""Writes to Azure Resource Manager: each at most once, under an intent, and with an outcome that is never guessed."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from azure.core.exceptions import AzureError

from azremediate.core.clock import Clock
from azremediate.core.errors import RequestRefused, TenantError
from azremediate.core.write import AzureWrite, Intent, Receipt
from azremediate.tenant.answers import Answer
from azremediate.tenant.arm import ArmReader
from azremediate.tenant.arm_pipeline import ArmPipeline
from azremediate.tenant.azure_errors import write_failure
from azremediate.tenant.bodies import encode_body
from azremediate.tenant.receipts import receipt_of
from azremediate.tenant.retry import ReadRetry, retry_after

_METHODS: Final = frozenset({"POST", "PATCH", "PUT", "DELETE"})
_BROKEN: Final = (AzureError, TimeoutError, ValueError, TypeError, KeyError, AttributeError)


class ArmWriter(ArmReader):
    """The write of `core.ports.AzureWriter`; `redeem` is called immediately before the request is sent."""

    def __init__(self, pipeline: ArmPipeline, retry: ReadRetry, clock: Clock, redeem: Callable[[Intent], None]) -> None:
        super().__init__(pipeline, retry, clock)
        self._redeem = redeem
        self._under_way: dict[str, asyncio.Lock] = {}

    async def write(self, write: AzureWrite, intent: Intent) -> Receipt:
        """Send a write at most once; see `TenantWriter.write`."""
        if write.method not in _METHODS:
            raise RequestRefused(f"{write.method} is not a write; nothing was sent")
        url = self._pipeline.url_of(write.path, write.api_version)
        what = f"{write.method} {write.path}"
        async with self._under_way.setdefault(write.object_id.lower(), asyncio.Lock()):
            answer = await self._send(write, url, what, intent)
        asked = retry_after(answer.headers.get("retry-after"), self._clock.now())
        receipt = receipt_of(write, what, answer, asked)
        # ARM answers with whole resources, keys among them: what was not asked for goes no further
        return replace(receipt, facts={name: receipt.facts[name] for name in write.expects if name in receipt.facts})

    async def _send(self, write: AzureWrite, url: str, what: str, intent: Intent) -> Answer:
        problem: TenantError
        await self._pipeline.sign_in()
        self._redeem(intent)
        try:
            return await self._pipeline.send(
                write.method, url, body=encode_body(write.body), client_request_id=intent.client_request_id
            )
        except _BROKEN as error:
            problem = write_failure(error, what)
        raise problem
