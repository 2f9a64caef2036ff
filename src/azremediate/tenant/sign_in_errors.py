"""What the sign-in service's error codes mean for the person who has to fix them."""

import re
from typing import Final

from azremediate.core.errors import SignInFailed

_CODE: Final = re.compile(r"AADSTS(\d{4,8})\b")

WRONG_SECRET: Final = frozenset({"AADSTS7000215", "AADSTS7000222"})
DISABLED: Final = frozenset({"AADSTS7000112"})
PASSING: Final = frozenset({"AADSTS90055", "AADSTS90024", "AADSTS90090", "AADSTS90033"})

_HINTS: Final = {
    "AADSTS7000215": "the client secret is wrong: give its value, not its id, in AZREMEDIATE_CLIENT_SECRET or the file",
    "AADSTS7000222": "the client secret has expired: make a new one for the tool's own application",
    "AADSTS700016": "the application is not in this tenant: check auth.client_id and tenant_id",
    "AADSTS90002": "there is no such tenant in this cloud: check tenant_id and cloud",
    "AADSTS7000112": "the tool's own application is disabled: enable it in the tenant",
    "AADSTS53003": "a Conditional Access policy blocks the sign-in: exclude the tool's own identity from it",
    "AADSTS700027": "the certificate was refused: upload its public part to the tool's own application",
    "AADSTS7000218": "no credential was sent: check auth.method",
    "AADSTS500011": "the service is not known in this tenant: check cloud",
    "AADSTS70021": "no federated credential matches this job: check issuer, subject and audience",
    "AADSTS700213": "no federated credential matches this job: check issuer, subject and audience",
}


def code_in(text: str) -> str:
    """The sign-in service's error code in a text, e.g. AADSTS7000215; empty when there is none."""
    found = _CODE.search(text)
    return f"AADSTS{found[1]}" if found else ""


def sign_in_failed(code: str, host: str, *, status: int | None = None, fallback: str = "") -> SignInFailed:
    """The error for a code; nothing of the server's own text goes into it."""
    shown = code or "no error code"
    if code in PASSING:
        fallback = "the sign-in service is busy: try again in a minute"
    return SignInFailed(
        f"signing in at {host} was refused ({shown})",
        status=status,
        code=code,
        hint=_HINTS.get(code) or fallback or "look the code up at https://login.microsoftonline.com/error",
    )
