"""What a rule asks of a value beyond its shape; a check takes or refuses it, and says what it tells of itself."""

import base64
import binascii
import json
import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote

from azremediate.mail.candidate import Candidate, Check, Taken
from azremediate.mail.marvin32 import annotated_key_checksum_holds, entra_secret_checksum_holds, key_checksum_holds
from azremediate.mail.password_shape import is_ordinary, is_placeholder
from azremediate.mail.value_check import (
    basic_credential,
    command_line,
    configured,
    entry_code,
    looks_chosen,
    not_a_word,
    stands_out,
)


def _distinct(found: Candidate, wanted: str) -> Taken | None:
    return Taken(len(found.value)) if len(set(found.value)) >= int(wanted) else None


def _no_id(found: Candidate, _: str) -> Taken | None:
    return None if is_ordinary(found.value) or is_placeholder(found.value) else Taken(len(found.value))


def _entra_secret(found: Candidate, _: str) -> Taken | None:
    value = found.value
    following = found.after[:1]
    if (len(value) < 40 and following and following in ".") or len(value) not in range(37, 41):
        return None
    if value.endswith(".") and len(value) > 37 and not entra_secret_checksum_holds(value):
        value = value.rstrip(".")
        if len(value) < 37:
            return None
    if value[3] != "8":
        return Taken(len(value))
    return Taken(len(value), {"checksum": "holds" if entra_secret_checksum_holds(value) else "does not hold"})


def _marvin(found: Candidate, seeds: str) -> Taken:
    key = unquote(found.value).replace("-", "+").replace("_", "/")
    holds = any(key_checksum_holds(key, seed) for seed in seeds.split(","))
    return Taken(len(found.value), {"checksum": "holds" if holds else "does not hold"})


_PROVIDERS = {
    "AZDO": "azure-devops",
    "ACOG": "cognitive-services",
    "AAAB": "openai",
    "AZAC": "app-configuration",
    "AZEG": "event-grid",
    "AZFR": "fluid-relay",
    "AZMP": "maps",
    "AZCS": "communication-services",
    "AZFU": "functions",
}


def _annotated_key(found: Candidate, _: str) -> Taken:
    key = found.value
    service = _PROVIDERS.get(key[76:80], key[76:80])
    year, month = 2024 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".find(key[58]), ord(key[59]) - ord("A") + 1
    claims = {"service": service, "checksum": "holds" if annotated_key_checksum_holds(key) else "does not hold"}
    if key[58].isupper():
        claims["allocated"] = f"{year}-{month:02}"
    return Taken(len(key), claims)


def decoded_part(part: str) -> dict[str, object] | None:
    """One part of a JSON Web Token as an object, None when it is none."""
    try:
        value = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


_JWT_CLAIMS = (
    "iss",
    "tid",
    "aud",
    "appid",
    "azp",
    "oid",
    "sub",
    "upn",
    "preferred_username",
    "unique_name",
    "scp",
    "uti",
    "idtyp",
)


def _jwt(found: Candidate, _: str) -> Taken | None:
    parts = found.value.split(".")
    head = decoded_part(parts[0])
    if head is None or not {"alg", "enc", "typ"} & set(head):
        return None
    if len(parts) == 5:
        return Taken(len(found.value), {"token": "encrypted"})
    body = decoded_part(parts[1])
    if body is None:
        return Taken(len(found.value), {"token": "unreadable"}) if len(parts[2]) >= 20 else None
    claims = {name: str(body[name])[:300] for name in _JWT_CLAIMS if isinstance(body.get(name), str | int)}
    if isinstance(roles := body.get("roles"), list):
        claims["roles"] = " ".join(str(role) for role in roles)[:300]
    for name in ("exp", "iat"):
        if isinstance(moment := body.get(name), int | float) and 0 < moment < 32503680000:
            claims[name] = datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
    return Taken(len(found.value), claims)


_COOKIE = re.compile(
    r"(?i)(?:^|[;,]\s*)[^=;]*(?:auth|sess|sid|token|jwt|sso|login|ticket|identity|x-ms-)[^=;]*=([^;]{16,})"
)


def _recorded_header(found: Candidate, _: str) -> Taken | None:
    value = found.value
    if re.match(r"(?i)(?:bearer|basic|negotiate|ntlm|sharedkey|token)\s", value):
        return Taken(len(value))
    if "=" not in value:
        return Taken(len(value)) if len(set(value)) >= 10 and " " not in value else None
    return Taken(len(value)) if _COOKIE.search(value) else None


_AZURITE = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq"


def _not_azurite(found: Candidate, _: str) -> Taken | None:
    return None if found.value.startswith(_AZURITE) else Taken(len(found.value))


_HASH_BEFORE = re.compile(
    r"(?i)(?:sha-?512|integrity|hash|digest|checksum|signature|x-ms-|dkim|arc-|bh=|b=)[^\n]{0,80}$"
)


def _not_integrity(found: Candidate, _: str) -> Taken | None:
    line = found.before.rpartition("\n")[2]
    return None if _HASH_BEFORE.search(line[-120:]) or line.startswith("X-") else Taken(len(found.value))


_KEY_LENGTH = 88
"""Letters of a key of 64 bytes in Base64."""


def _mixed_base64(found: Candidate, _: str) -> Taken | None:
    value = found.value
    whole = any(c.isupper() for c in value) and any(c.islower() for c in value) and any(c.isdigit() for c in value)
    path = "//" in value and not (len(value) == _KEY_LENGTH and value.endswith("=="))
    return Taken(len(value)) if whole and not path else None


_SAS_WORDS = re.compile(r"(?i)(?:^|[?&; \"']|amp;)(?:sv|se|skn|sr|ss|sp|spr|srt|skoid)=")


def _sas(found: Candidate, _: str) -> Taken | None:
    start = max(found.before.rfind(mark) for mark in "\n \"'<")
    text = found.before[start + 1 :] + "sig=" + found.value + re.split(r"[\s\"'<>]", found.after, maxsplit=1)[0]
    if not _SAS_WORDS.search(found.before[-1200:] + "sig=" + found.after[:800]):
        return None
    try:
        raw = unquote(found.value).replace("-", "+").replace("_", "/").rstrip("=")
        if len(base64.b64decode(raw + "=" * (-len(raw) % 4), validate=True)) < 30:
            return None
    except (binascii.Error, ValueError):
        return None
    fields = parse_qs(text.replace("&amp;", "&").partition("?")[2] or text.replace("&amp;", "&"))
    claims = {
        word: fields[word][0][:200] for word in ("sp", "sr", "srt", "ss", "skn", "skoid", "sv") if fields.get(word)
    }
    if host := re.search(r"https?://([A-Za-z0-9.-]{3,120})", text):
        claims["host"] = host[1].lower()
        claims["account"] = host[1].split(".")[0].lower()
    if fields.get("se"):
        claims["se"] = fields["se"][0][:40]
    return Taken(len(found.value), claims)


def _base32_token(found: Candidate, _: str) -> Taken | None:
    return Taken(len(found.value)) if sum(c.isdigit() for c in found.value) >= 2 else None


def _base32_seed(found: Candidate, _: str) -> Taken | None:
    plain = re.sub(r"[ -]", "", found.value)
    if len(set(plain)) < 7 or (plain != plain.upper() and plain != plain.lower()):
        return None
    digits = sum(c.isdigit() for c in plain)
    return Taken(len(found.value)) if digits >= 2 or (digits >= 1 and plain.isupper()) else None


def _bitlocker(found: Candidate, _: str) -> Taken | None:
    groups = [int(group) for group in found.value.split("-")]
    return Taken(len(found.value)) if all(group % 11 == 0 and group < 720896 for group in groups) else None


def _pem(found: Candidate, _: str) -> Taken | None:
    body = found.value.partition("-----\n")[2] or found.value.partition("KEY-----")[2]
    letters = re.sub(r"[^A-Za-z0-9+/]", "", body)
    return Taken(len(found.value)) if len(set(letters)) >= 20 and "..." not in body else None


CHECKS: dict[str, Check] = {
    "distinct": _distinct,
    "entra_secret": _entra_secret,
    "no_id": _no_id,
    "marvin": _marvin,
    "annotated_key": _annotated_key,
    "jwt": _jwt,
    "recorded_header": _recorded_header,
    "not_azurite": _not_azurite,
    "not_integrity": _not_integrity,
    "mixed_base64": _mixed_base64,
    "sas": _sas,
    "base32_token": _base32_token,
    "base32_seed": _base32_seed,
    "bitlocker": _bitlocker,
    "pem": _pem,
    "configured": configured,
    "command_line": command_line,
    "not_a_word": not_a_word,
    "looks_chosen": looks_chosen,
    "basic_credential": basic_credential,
    "entry_code": entry_code,
    "stands_out": stands_out,
}
"""Every check by the name that rules use."""
