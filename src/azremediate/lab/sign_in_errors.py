"""The errors of the token endpoint: AADSTS numbers, OAuth error words and the body they travel in."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

from azremediate.lab.exchange import Answer, json_answer
from azremediate.lab.sign_in import SignInVerdict

# number -> (OAuth error, HTTP status); error codes reference of the Microsoft identity platform
_ERRORS: Final[dict[int, tuple[str, int]]] = {
    50027: ("invalid_request", 400),
    50034: ("invalid_grant", 400),
    50055: ("invalid_grant", 400),
    50057: ("invalid_grant", 400),
    50126: ("invalid_grant", 400),
    50173: ("invalid_grant", 400),
    70003: ("unsupported_grant_type", 400),
    70011: ("invalid_scope", 400),
    90002: ("invalid_request", 400),
    500011: ("invalid_resource", 400),
    700016: ("unauthorized_client", 400),
    700024: ("invalid_client", 401),
    700027: ("invalid_client", 401),
    700213: ("invalid_client", 401),
    900144: ("invalid_request", 400),
    1002012: ("invalid_scope", 400),
    7000112: ("unauthorized_client", 400),
    7000215: ("invalid_client", 401),
    7000218: ("invalid_client", 401),
    7000222: ("invalid_client", 401),
    7000229: ("unauthorized_client", 400),
}


def sign_in_error(number: int, message: str, now: datetime, correlation_id: str | None = None) -> Answer:
    """Return the answer for one AADSTS number; `message` must not quote a credential."""
    error, status = _ERRORS[number]
    trace_id = str(uuid.uuid4())
    correlation_id = correlation_id or str(uuid.uuid4())
    timestamp = now.strftime("%Y-%m-%d %H:%M:%SZ")
    body = {
        "error": error,
        "error_description": f"AADSTS{number}: {message} Trace ID: {trace_id} Correlation ID: {correlation_id} "
        f"Timestamp: {timestamp}",
        "error_codes": [number],
        "timestamp": timestamp,
        "trace_id": trace_id,
        "correlation_id": correlation_id,
        "error_uri": f"https://login.microsoftonline.com/error?code={number}",
    }
    return json_answer(status, body, [("x-ms-request-id", trace_id), ("cache-control", "no-store")])


def explain_verdict(verdict: SignInVerdict, app_id: str, *, certificate: bool) -> tuple[int, str]:
    """Return the number and message for an attempt that failed.

    No documented number tells an application deactivated by its owner (isDisabled) from a disabled service principal,
    so both carry 7000112 and differ in their text.
    """
    rejected = (
        (700027, "The certificate with identifier used to sign the client assertion is not registered on application.")
        if certificate
        else (7000215, "Invalid client secret provided. Ensure the secret being sent in the request is the client "
              f"secret value, not the client secret ID, for a secret added to app '{app_id}'.")
    )  # fmt: skip
    table = {
        SignInVerdict.app_not_found: (700016, f"Application with identifier '{app_id}' was not found."),
        SignInVerdict.sp_missing: (7000229, f"The client application '{app_id}' is missing service principal in the "
                                   "tenant."),
        SignInVerdict.sp_disabled: (7000112, f"Application '{app_id}' is disabled."),
        SignInVerdict.app_disabled: (7000112, f"Application '{app_id}' is disabled by its owner."),
        SignInVerdict.expired: (7000222, f"The provided client secret keys for app '{app_id}' are expired."),
        SignInVerdict.wrong_secret: rejected,
        SignInVerdict.not_yet: rejected,
    }  # fmt: skip
    if certificate and verdict is SignInVerdict.expired:
        return 700027, "The certificate used to sign the client assertion is expired on application."
    return table[verdict]
