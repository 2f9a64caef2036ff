"""What rules ask of passwords: no placeholder, no option, nothing that stands in mail for other reasons."""

import base64
import binascii
import re

from azremediate.mail.candidate import Candidate, Taken
from azremediate.mail.conspicuous import Conspicuous, conspicuous
from azremediate.mail.password_shape import Shape, is_ordinary, is_placeholder, shape

_REFERENCE = re.compile(r"(?i)[$%{@<\[(].*|.*[{<$(]\w*[}>)].*|\d{1,5}|.*\\[nrt]$")


def configured(found: Candidate, _: str) -> Taken | None:
    """No placeholder, reference or number."""
    value = found.value
    strong = shape(value) is Shape.STRONG
    if is_placeholder(value) or len(set(value)) < 3 or (_REFERENCE.fullmatch(value) and not strong):
        return None
    if value.startswith(("$", "%", "{", "<", "@Microsoft", "#{", "[", "(")) and not (strong and value[0] in "$%["):
        return None
    return Taken(len(value))


def command_line(found: Candidate, _: str) -> Taken | None:
    """No option, path or ordinary word."""
    value = found.value
    if value.startswith(("-", "/", ".", "{", "http")) or value.isdigit() or is_ordinary(value):
        return None
    return Taken(len(value)) if shape(value) >= Shape.MEDIUM or len(value) >= 20 else None


def not_a_word(found: Candidate, _: str) -> Taken | None:
    """More than letters; without the end of its sentence."""
    value = found.value.rstrip(".,;") or found.value  # the end of a sentence
    return Taken(len(value)) if shape(value) >= Shape.MEDIUM or re.search(r"[^A-Za-z]", value) else None


def looks_chosen(found: Candidate, _: str) -> Taken | None:
    """Strong by itself, and no path or option."""
    value = found.value.rstrip(".,;:")
    if (
        not value
        or value.startswith(("-", "/", "\\"))
        or value.count("/") > 1
        or re.match(r"[a-z]{2,12}:", value)
        or shape(value) is not Shape.STRONG
    ):
        return None
    return Taken(len(value))


def stands_out(found: Candidate, _: str) -> Taken | None:
    """Looks like nothing but a password."""
    value = found.value.rstrip(".,;:)")
    return Taken(len(value)) if value and conspicuous(value) is Conspicuous.ALWAYS else None


def basic_credential(found: Candidate, _: str) -> Taken | None:
    """An account and its password, encoded."""
    try:
        text = base64.b64decode(found.value + "=" * (-len(found.value) % 4), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    account, colon, password = text.partition(":")
    if not colon or not text.isprintable() or len(password) < 4 or is_placeholder(password):
        return None
    return Taken(len(found.value), {"account": account[:120]} if account else {})


_NO_DOOR = re.compile(
    r"(?i)verif|one.?time|otp\b|authenticator|text message|sms|postal|zip|error|country|area code|order|tracking"
    r"|booking|ticket|invoice|number|ref\b|asset|serial|version|build|event|http|port\b|badge|\bno\."
)


def entry_code(found: Candidate, _: str) -> Taken | None:
    """A number of which the text says nothing else."""
    return None if _NO_DOOR.search(found.before[-100:].rpartition("\n")[2]) else Taken(len(found.value))
