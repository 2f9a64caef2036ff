"""Random values of the formats that leak in mail; nothing here opens anything."""

import base64
import string
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from uuid import UUID

_ALNUM = string.ascii_letters + string.digits
_WORDS = (
    "Winter",
    "Sommer",
    "Dragon",
    "Monkey",
    "Falcon",
    "Bridge",
    "Rocket",
    "Garden",
    "Copper",
    "Silver",
    "Tiger",
    "Ocean",
)


@dataclass(frozen=True, slots=True)
class Truth:
    """A planted value. tier: T1, T2 (labelled) or prose."""

    message_id: str
    value: str
    kind: str
    tier: str


def _some(random: Random, letters: str, count: int) -> str:
    return "".join(random.choice(letters) for _ in range(count))


def _guid(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


def password(random: Random) -> str:
    """A password as people and help desks make them, or as a generator does."""
    form = random.randrange(6)
    if form == 0:
        return f"{random.choice(_WORDS)}{random.randrange(2019, 2026)}{random.choice('!#$@?')}"
    if form == 1:
        return f"{random.choice(_WORDS)}{random.choice('!@#$')}{random.randrange(10, 9999)}"
    if form == 2:
        return _some(random, _ALNUM + "!#$%&*+=?@", random.randrange(10, 18)) + random.choice("aK") + "7!"
    if form == 3:
        return f"{random.choice(_WORDS).replace('i', '1').replace('o', '0')}-{random.choice(_WORDS)}-{random.randrange(10, 99)}"
    if form == 4:
        return _some(random, _ALNUM, 12) + "4zQ"
    return f"{random.choice('BCDFGHJKLMNPRSTVWXZ')}{_some(random, 'aeiou', 1)}{_some(random, 'bcdfgk', 1)}{random.randrange(10000, 99999)}!"


def _key(random: Random, count: int, signature: str, tail: str = "A==") -> str:
    return _some(random, _ALNUM + "+/", count) + signature + _some(random, _ALNUM, 5) + tail


def _token(random: Random) -> str:
    parts = ['{"alg":"RS256","typ":"JWT"}', f'{{"tid":"{_guid(random)}","appid":"{_guid(random)}"}}']
    coded = [base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts]
    return ".".join([*coded, _some(random, _ALNUM + "-_", 342)])


def _bitlocker(random: Random) -> str:
    return "-".join(f"{random.randrange(65536) * 11:06}" for _ in range(8))


def _pem(random: Random) -> str:
    lines = [_some(random, _ALNUM + "+/", 64) for _ in range(12)]
    return "\n".join(["-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----"])


EXACT: dict[str, tuple[str, Callable[[Random], str]]] = {
    "entra-secret": ("{v}", lambda r: _some(r, _ALNUM, 3) + "8Q~" + _some(r, _ALNUM + "~._-", 33) + _some(r, _ALNUM, 1)),
    "storage-key": ("AccountName=data;AccountKey={v};EndpointSuffix=core.windows.net", lambda r: _key(r, 76, "+ASt")),
    "storage-key-bare": ("the account key is {v}", lambda r: _some(r, _ALNUM + "+/", 85) + "A=="),
    "sas": ("https://data.blob.core.windows.net/c/f?sv=2023-01-03&se=2026-01-01&sr=b&sp=r&sig={v}", lambda r: _some(r, _ALNUM, 43) + "%3D"),
    "cosmos": ("AccountEndpoint=https://x.documents.azure.com;AccountKey={v};", lambda r: _key(r, 76, "ACDb")),
    "service-bus": ("Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey={v}", lambda r: _key(r, 33, "+ASbC", "=")),
    "redis": ("x.redis.cache.windows.net:6380,password={v},ssl=True", lambda r: _key(r, 33, "AzCaB", "=")),
    "function": ("https://x.azurewebsites.net/api/run?code={v}", lambda r: _some(r, _ALNUM + "-_", 44) + "AzFu" + _some(r, _ALNUM, 5) + "A=="),
    "search": ("api-key: {v}", lambda r: _some(r, _ALNUM, 42) + "AzSeA" + _some(r, _ALNUM, 5)),
    "devops-pat": ("git clone needs my PAT {v} on dev.azure.com", lambda r: _some(r, "abcdefghijklmnopqrstuvwxyz234567", 50) + "q7"),
    "annotated": ("the new PAT is {v}", lambda r: _some(r, _ALNUM, 52) + "JQQJ99BKAC" + _some(r, _ALNUM, 14) + "AZDO" + _some(r, _ALNUM, 4)),
    "jwt": ("Authorization: Bearer {v}", _token),
    "bitlocker": ("recovery key: {v}", _bitlocker),
    "private-key": ("{v}", _pem),
    "github": ("token {v}", lambda r: "ghp_" + _some(r, _ALNUM, 36)),
    "databricks": ("use {v} for the cluster", lambda r: "dapi" + _some(r, "0123456789abcdef", 32)),
    "slack": ("bot {v}", lambda r: f"xoxb-{_some(r, '123456789', 12)}-{_some(r, '123456789', 12)}-{_some(r, _ALNUM, 24)}"),
    "npm": ("//registry.example/:_authToken={v}", lambda r: "npm_" + _some(r, _ALNUM, 36)),
    "url": ("amqp://svc:{v}@mq.example:5672/x", lambda r: _some(r, _ALNUM, 16) + "3k"),
    "totp": ("otpauth://totp/Contoso:a@b.example?secret={v}&issuer=Contoso", lambda r: _some(r, string.ascii_uppercase + "234567", 32)),
    "teams-hook": ("{v}", lambda r: f"https://x.webhook.office.com/webhookb2/{_guid(r)}@{_guid(r)}/IncomingWebhook/{_some(r, '0123456789abcdef', 32)}/{_guid(r)}"),
    "logic-app": ("https://prod-01.westeurope.logic.azure.com:443/workflows/ab12/triggers/manual/paths/invoke?api-version=2016&sp=%2Ftriggers&sv=1.0&sig={v}", lambda r: _some(r, _ALNUM + "-_", 43)),
    "cookie": ("Cookie: ESTSAUTHPERSISTENT={v}; x=1", lambda r: "1.A" + _some(r, _ALNUM + "-_", 160)),
}  # fmt: skip
"""Formats that say by themselves what they are: how they stand in a text, and how a value is made."""

LABELLED: dict[str, tuple[str, Callable[[Random], str]]] = {
    "client-secret": ("client_secret: {v}", lambda r: _some(r, _ALNUM, 33) + "7"),
    "api-key": ("x-api-key: {v}", lambda r: _some(r, "0123456789abcdef", 31) + "a"),
    "subscription-key": ("Ocp-Apim-Subscription-Key = {v}", lambda r: _some(r, "0123456789abcdef", 31) + "f"),
    "sql": ("Server=tcp:db.example,1433;Initial Catalog=hr;User ID=app;Password={v};Encrypt=True", password),
    "json": ('  "adminPassword": "{v}",', password),
    "env": ("DB_PASSWORD={v}", password),
    "yaml": ("    password: {v}", password),
    "xml": ('<add key="SmtpPassword" value="x"/><password>{v}</password>', password),
    "powershell": ('$p = ConvertTo-SecureString "{v}" -AsPlainText -Force', password),
    "curl": ("curl -u svc-api:{v} https://api.example/v1/items", password),
    "profile": ('<publishProfile userName="$x" userPWD="{v}" />', lambda r: _some(r, _ALNUM, 60)),
    "net-use": (r"net use Z: \\fs01\data /user:CONTOSO\svc {v}", password),
}
"""Values that only their label tells."""


def decoy(random: Random, form: str) -> str:
    """A decoy's text with its random parts filled in."""
    parts = {
        "g": _guid(random),
        "sha1": _some(random, "0123456789abcdef", 40),
        "sha256": _some(random, "0123456789abcdef", 64),
        "b64": _some(random, _ALNUM + "+/", 86) + "==",
        "n": str(random.randrange(10000, 99999999)),
        "url": _some(random, _ALNUM, 43),
    }
    return form.format(**parts)
