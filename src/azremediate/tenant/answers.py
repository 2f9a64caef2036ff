"""What an answer means: one table from status codes to what a write did, and from answers to errors."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from azremediate.core.errors import (
    AzremediateError,
    Conflict,
    FeatureMissing,
    NotSent,
    ObjectMissing,
    OutcomeUnknown,
    PermissionMissing,
    RequestRefused,
    ServiceFailing,
    SignInFailed,
    TenantError,
    Throttled,
)

_HARMLESS: Final = re.compile(r"[A-Za-z0-9_.:-]{1,80}")
_LICENCE: Final = frozenset({"Authentication_RequestFromNonPremiumTenantOrB2CTenant"})
_PASSING: Final = frozenset({408, 500, 502, 503, 504, 509})
_DOCTOR: Final = "run `azremediate doctor`: it lists the missing permissions and how to grant them"


class Passing(ServiceFailing):
    """A failure of a read that another try may cure."""


class Unsent(Exception):
    """No connection could be made, so the service has seen nothing of the request. The text is our own."""


class Unanswered(Exception):
    """The request may have reached the service, but no whole answer came back. The text is our own."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, headers in lower case. `body` is not shown: it may hold a secret."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)

    @property
    def content_type(self) -> str:
        """The content type, empty when there is none."""
        return self.headers.get("content-type", "")

    @property
    def request_id(self) -> str:
        """What Microsoft support asks for; empty when missing or of a form that is not an id."""
        return harmless(self.headers.get("request-id") or self.headers.get("x-ms-request-id") or "")


class Effect(Enum):
    """What a status says of a write."""

    DONE = "took effect"
    NONE = "surely had no effect"
    UNKNOWN = "may have taken effect"


def harmless(text: object) -> str:
    """A service's code or id if it has the form of one, else empty: nothing else of the server's words is kept."""
    return text if isinstance(text, str) and _HARMLESS.fullmatch(text) else ""


def effect_of(status: int) -> Effect:
    """What a write's status says of its effect; every number has an answer.

    Only 200, 201 and 204 are success here: an accepted or partial answer does not say that anything happened. 408 and
    every 5xx may come from a gateway after the service did the work, a redirect from anywhere.
    """
    if status in (200, 201, 204):
        return Effect.DONE
    if 400 <= status < 500 and status != 408:
        return Effect.NONE
    return Effect.UNKNOWN


def refusal(status: int, code: str, request_id: str, what: str, retry_after: float | None = None) -> TenantError:
    """The error of a write that surely had no effect; `status` is a 4xx."""
    shown = f"{what}: refused with {status}" + (f" {code}" if code else "")
    match status:
        case 401:
            return SignInFailed(
                f"{what}: the token was refused twice", status=401, code=code, request_id=request_id, hint=_DOCTOR
            )
        case 403:
            return PermissionMissing(shown, status=403, code=code, request_id=request_id, hint=_DOCTOR)
        case 404:
            return ObjectMissing(f"{what}: not found", status=404, code=code, request_id=request_id)
        case 409:
            return Conflict(f"{what}: another write was under way", status=409, code=code, request_id=request_id)
        case 429:
            return Throttled(
                f"{what}: the service asks to wait", retry_after=retry_after, code=code, request_id=request_id
            )
        case _:
            return RequestRefused(shown, status=status, code=code, request_id=request_id)


def write_error(
    status: int, code: str, request_id: str, what: str, retry_after: float | None = None
) -> TenantError | None:
    """The error that a write's status means, None when the status says that it took effect."""
    match effect_of(status):
        case Effect.DONE:
            return None
        case Effect.NONE:
            return refusal(status, code, request_id, what, retry_after)
        case Effect.UNKNOWN:
            return unknown(f"it was answered with {status}", what, status=status, code=code, request_id=request_id)


def read_error(
    status: int, code: str, request_id: str, what: str, retry_after: float | None = None
) -> AzremediateError | None:
    """The error that a read's status means, None when there is an answer to read."""
    if status == 200:
        return None
    if code in _LICENCE:
        return FeatureMissing(
            f"{what}: the tenant's licence does not include this", hint="it needs Microsoft Entra ID P1 or P2"
        )
    if status in _PASSING:
        return Passing(f"{what}: the service failed with {status}", status=status, code=code, request_id=request_id)
    if 300 <= status < 400:
        message = f"{what}: the service answered with a redirect, which is never followed"
        return ServiceFailing(message, status=status, code=code, request_id=request_id)
    if 400 <= status < 500:
        return refusal(status, code, request_id, what, retry_after)
    return ServiceFailing(f"{what}: unexpected status {status}", status=status, code=code, request_id=request_id)


def unknown(why: str, what: str, *, status: int | None = None, code: str = "", request_id: str = "") -> OutcomeUnknown:
    """The error of a write that may have taken effect."""
    return OutcomeUnknown(
        f"{what}: it is not known whether it took effect ({why})",
        status=status,
        code=code,
        request_id=request_id,
        hint="`azremediate resume` settles it by reading the tenant",
    )


def not_sent(why: str) -> NotSent:
    """The error of a request that reached nobody."""
    return NotSent(f"nothing was sent: {why}", hint="check the network, the proxy and the configured cloud")


def code_of(body: object) -> str:
    """The error code in an error body of Graph, Key Vault or Azure Resource Manager, empty when there is none."""
    error = body.get("error") if isinstance(body, Mapping) else None
    return harmless(error.get("code")) if isinstance(error, Mapping) else ""
