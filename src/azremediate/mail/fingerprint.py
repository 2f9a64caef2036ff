"""A value's fingerprint under the key of a case: equal values are told without being known."""

import hashlib
import hmac
import re


def fingerprint(case_key: bytes, value: str) -> str:
    """HMAC-SHA-256 of the value in UTF-8, in hexadecimal; line breaks and quote marks inside it do not count."""
    return hmac.new(case_key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


_BREAK = re.compile(
    r"[ \t]*(?:=(?=\r?\n[ \t>|]*[^=\s>|]))?\r?\n[ \t]*(?:[>|][ \t]?)*|[\u200b\u200c\u200d\u2060\ufeff\u00ad]"
)


def plain(text: str) -> str:
    """A value as it stands in a text, without the breaks that a mail put into it."""
    return _BREAK.sub("", text) if "\n" in text or not text.isascii() else text
