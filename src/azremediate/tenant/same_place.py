"""Keeps Azure's own clients at the service they were made for, wherever a next page's link leads."""

from typing import Any

from azure.core.pipeline import PipelineRequest
from azure.core.pipeline.policies import SansIOHTTPPolicy

from azremediate.tenant.pager import checked_link


class SamePlace(SansIOHTTPPolicy[Any, Any]):
    """Refuses a request to any other scheme, host or port, before a token is asked for; raises `ServiceFailing`."""

    def __init__(self, base: str) -> None:
        self._base = base

    def on_request(self, request: PipelineRequest[Any]) -> None:
        """Check one request's address."""
        checked_link(request.http_request.url.replace(" ", "%20"), self._base)
