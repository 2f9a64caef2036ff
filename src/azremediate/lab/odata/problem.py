"""The one error that query options can raise."""

from __future__ import annotations


class QueryProblem(Exception):
    """A query option that Graph would refuse with status 400; `code` is Graph's error code.

    `unknown` says that the query asks for something the simulation does not know, which a test should hear about.
    """

    def __init__(self, message: str, *, code: str = "BadRequest", unknown: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.unknown = unknown


def unsupported(message: str) -> QueryProblem:
    """Return the problem of a query that is well formed but not offered."""
    return QueryProblem(message, code="Request_UnsupportedQuery")
