"""A value that a label announces: `Password: ...`, `client_secret=...`, "the new password is ..." (tiers T2 and T3)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from azremediate.core.finding import Tier
from azremediate.mail.confirm import Match
from azremediate.mail.labels import Label
from azremediate.mail.password_shape import Shape, entropy, is_ordinary, is_placeholder, shape
from azremediate.mail.value_form import changed, readings
from azremediate.mail.words import after_label

_KEY_KINDS = {"client-secret", "api-key", "token"}


@dataclass(frozen=True, slots=True)
class Announced:
    """A label as it stands in a text."""

    start: int
    end: int
    label: Label


def announced(data: bytes, hits: Iterable[tuple[int, int]], labels: Sequence[Label]) -> list[Announced]:
    """The labels that stand alone among hits, each the end and the number of one, without those inside a longer one."""
    found = []
    last = -1
    for end, number in sorted(hits):
        label = labels[number]
        if end != last and _stands_alone(data, end - len(label.word), end, label):
            found.append(Announced(end - len(label.word), end, label))
            last = end
    found.sort(key=lambda one: (one.start, -one.end))
    kept: list[Announced] = []
    for one in found:
        if not kept or one.end > kept[-1].end:
            if kept and one.start < kept[-1].end and one.label.near:
                continue
            kept.append(one)
    return kept


_SETTINGS = (b"pass", b"pwd", b"psk", b"pw")
_ENCODED = re.compile(rb"[ \t>|]*[A-Za-z0-9+/]{40,}={0,2}[ \t]*")
_LINE_OF_CODE = 120
"""A line of a key, a certificate or a picture in Base64, where words stand by chance, and how far it is looked at."""

_SET_TO = re.compile(rb"[\"']?[ \t]{0,8}[:=]")
_OTHER_BEGINNINGS = (b"by", b"com", b"sur", b"tres", b"over", b"under", b"encom")
"""`DBPASS: ...` is a setting; `bypass: ...` is not one of a secret."""


def _stands_alone(data: bytes, start: int, end: int, label: Label) -> bool:
    before, after = data[start - 1 : start] if start else b" ", data[end : end + 1]
    if (before.isalnum() or before in (b"+", b"/") or after.isalnum() or after in (b"+", b"/")) and _is_encoded(
        data, start, end
    ):
        return False
    joined = label.near and label.word.endswith((b"_", b"-"))
    if after.isalpha() and not joined and not (after in b"sS" and not data[end + 1 : end + 2].isalpha()):
        return False
    if label.hint and (before.isalnum() or before == b"_" or after in (b"_", b"=")):
        return False
    if label.near:  # not within an identifier: the column `last_login` says nothing of what stands near
        return before != b"_" and (after != b"_" or joined)
    if (
        after in (b"_", b"-")
        and data[end + 1 : end + 2].isalpha()
        and not data[end + 1 : end + 6].lower().startswith((b"value", b"new", b"text", b"plain", b"prod", b"dev"))
    ):
        return False
    if not label.whole:
        return not (
            before.isalpha() and before.islower() and data[start : start + 1].islower() and label.kind != "password"
        )
    return _whole_word(data, start, end, label)


def _is_encoded(data: bytes, start: int, end: int) -> bool:
    lowest, highest = max(0, start - _LINE_OF_CODE), min(len(data), end + _LINE_OF_CODE)
    first, last = data.rfind(b"\n", lowest, start) + 1 or lowest, data.find(b"\n", end, highest)
    return _ENCODED.fullmatch(data, first, highest if last == -1 else last) is not None


def _whole_word(data: bytes, start: int, end: int, label: Label) -> bool:
    before, after = data[start - 1 : start] if start else b" ", data[end : end + 1]
    if label.word in _SETTINGS and _SET_TO.match(data, end):
        return data[max(0, start - 5) : start].lower().lstrip(b" \t\n\"'-_") not in _OTHER_BEGINNINGS
    if before == b"_" or not before.isalnum():
        if before == b"/" and after in (b":", b"="):  # "door code/PIN: "
            return True
        setting = before in (b".", b"-") and data[end : end + 3].lstrip()[:1] in (b"=", b":")
        return setting or before not in (b"/", b"-", b".") or start < 2 or not data[start - 2 : start - 1].isalnum()
    return before.islower() and data[start : start + 1].isupper()


def values_of(data: bytes, one: Announced, limit: int) -> Iterable[Match]:
    """What the label announces; `limit` is where the next label begins, which has to come after the value's begin."""
    text = data[one.end : one.end + 600].decode("latin-1")
    if text[:1] == ">" and _OPENED.search(data, max(0, one.start - 40), one.start):
        return
    bold = _within_bold(data, one.start)
    both = [_judged(one, found, 1, text, bold) for found in changed(text)]
    if both and both[0] is not None:
        yield from (match for match in both if match is not None)
        return
    for found, strength, late in readings(text):
        sure = strength >= 0 or _set_before(data, one.start) or _SET_AFTER.match(text, found.end())
        certain = abs(strength) if sure else strength
        if certain == 1 and b"phrase" in one.label.word:  # several words are expected
            certain = 2
        if strength == 0 and _CMDLET.search(data, max(0, one.start - 40), one.start):
            continue
        if late and not _is_late_value(data, one, found):
            continue
        match = _judged(one, found, certain, text, bold)
        if match is not None and (match.end if late else match.start) <= limit:
            yield match
            return


_TALK = re.compile(rb"[ \t>]{0,4}(?:\[[^\]\n]{4,24}\][ ]?)?[\w .@-]{1,24}(?:\[[^\]\n]{4,24}\])?:[ ]")
_CHOSEN_KEY = re.compile(r"[0-9a-f]{32,128}|[0-9A-F]{32,128}|(?=\S*[a-z])(?=\S*[A-Z])(?=\S*[0-9])[\w.~+/=-]{24,200}")


def _is_late_value(data: bytes, one: Announced, found: "re.Match[str]") -> bool:
    """Whether what stands further away is a value: no setting of its own, an answer in a talk, or a long key."""
    value = next(text for text in found.groupdict().values() if text is not None)
    between = found[0][: -len(value)]
    if re.match(r"[\w.-]{2,40}[=:]|[<(\[]", value):
        return False
    if "\n" not in between:
        return one.label.kind in _KEY_KINDS and _CHOSEN_KEY.fullmatch(value) is not None
    if re.search(r"\n.*:[ ]", between) is not None:
        talk = _TALK.match(data, data.rfind(b"\n", 0, one.start) + 1)
        return talk is not None and talk.end() <= one.start and not between.lower().rstrip().endswith("id:")
    return True


_CMDLET = re.compile(rb"[A-Z][a-z]+-[A-Za-z]+$")
"""Before a label that is the end of a command's name: `Set-ADAccountPassword`."""

_OPENED = re.compile(rb"<[^<>\s]*$")
"""What makes the label itself the name of a placeholder: `<your-password>`."""

_SET = re.compile(rb"(?:set|reset|chang|updat|switch|rotat)[a-z]*[ ](?:[A-Za-z']{1,12}[ ]){0,3}$")


_SET_AFTER = re.compile(r"[\"'`]?[ ](?:gesetzt|geändert|zurückgesetzt|gestellt|festgelegt|gezet|gewijzigd)\b")


def _set_before(data: bytes, at: int) -> bool:
    """Whether somebody set what the label names: "I reset your password to"."""
    return _SET.search(data, max(0, at - 48), at) is not None


def _within_bold(data: bytes, at: int) -> bool:
    """Whether bold or italic text of Markdown began before the label in its line, so that marks may end the value."""
    line = data[max(data.rfind(b"\n", 0, at) + 1, at - 200) : at]
    return line.count(b"**") % 2 == 1 or line.endswith(b"*")


def _judged(one: Announced, found: "re.Match[str]", strength: int, text: str, bold_label: bool) -> Match | None:
    group = next(name for name in ("q1", "q2", "q3", "bare") if found.groupdict().get(name) is not None)
    first = found.start(group)
    quoted = group != "bare"
    value = found[group]
    if not quoted:
        bold = bold_label or text[max(0, first - 2) : first] in ("**", "__")
        marks = "([{<*_" if value.endswith(("*", "_")) and value[:1] == value[-1:] else "([{<"
        lead = len(value) - len(value.lstrip(marks))
        first += lead
        rest = text[found.end(group) : found.end(group) + 4]
        value = trimmed(value[lead:], configured="=" in text[:first], rest=rest, inside=value[:lead] + "*_" * bold)
    if strength != 3 and re.match(
        r"[A-Za-z_-]{2,}=(?:[\"']?\w+-|[^;]+;\w+=)", value
    ):  # an attribute or a setting of its own
        return None
    if one.label.kind in _KEY_KINDS and re.match(r"[A-Za-z_]{2,20}=[^=]", value):
        return None
    if not value or (quoted and " " in value and strength < 2):
        return None
    if (
        not quoted
        and re.match(r"[<(][^<>()]*[>)]", text[first - 1 : first + len(value) + 1])
        and (text[first - 1] == "<" or value.isalpha())
    ):  # `<your key>`, `second pass (Kim)`
        return None
    tier = _tier(one.label.kind, value, strength, quoted=quoted, alone=_alone(text, found.end(group)))
    if tier is None:
        return None
    kind, tier = _kind(one.label.kind, value, tier)
    start = one.end + first
    return Match(start, start + len(value), f"labelled-{one.label.kind}", kind, tier)


def _alone(text: str, end: int) -> bool:
    """Whether the line ends after the value."""
    return re.match(r"[\"'`*_.,;)}\] \t]{0,4}(?:\n|$)", text[end : end + 6]) is not None


def trimmed(token: str, *, configured: bool = False, rest: str = "", inside: str = "") -> str:
    """A token without the punctuation of its sentence and without what follows it in a setting.

    rest: what follows it; a question mark before another sentence is not the value's. inside: brackets before it.
    """
    token = re.split(r"[<>\x1f]|&(?:lt|gt|quot|nbsp|amp);|\\n|\\r|\\\"", token, maxsplit=1)[0]
    if configured:
        token = re.split(r";(?=\s|$|[A-Za-z])|&(?=[A-Za-z_]+=)|,(?=[A-Za-z_]+=)", token, maxsplit=1)[0]
    asked = token.endswith("?")
    marked = "*" in inside or "_" in inside
    while token and (token[-1] in ".,;:'\"`|" or (token[-1] in "*_" and marked)):
        token = token[:-1]
    for opening, closing in ("()", "[]", "{}"):
        while token.endswith(closing) and token.count(closing) > token.count(opening):
            token = token[:-1].rstrip(".,;:'\"")
    for opening, closing in ("()", "[]", "{}"):
        if opening in inside and closing in token and opening not in token:
            token = token[: token.index(closing)]
    if asked and token.endswith("?") and (token.endswith("!?") or re.match(r"[ \t]+[A-Z]", rest)):
        token = token[:-1]
    return token


def _tier(kind: str, value: str, strength: int, *, quoted: bool, alone: bool) -> Tier | None:
    if is_placeholder(value) or value.lower().strip(".,;:!?()'\"") in after_label():
        return None
    if not quoted and strength < 3 and re.match(r"-{1,2}[A-Za-z]", value):  # an option
        return None
    if kind in _KEY_KINDS and (key := key_tier(value, strength)) is not None:
        return key
    if kind == "pin":
        wanted = r"[0-9]{4,10}" if strength >= 1 else r"[0-9]{5,8}"
        return Tier.PROXIMITY if re.fullmatch(wanted, value) else None
    if kind in ("api-key", "token") or (kind == "client-secret" and strength < 1):
        return None
    return _password_tier(value, shape(value), strength, quoted=quoted, alone=alone)


def key_tier(value: str, strength: int) -> Tier | None:
    """How sure a token is a key after a label for one; None when it is none."""
    if (
        " " in value
        or not 16 <= len(value) <= 512
        or (is_ordinary(value) and not re.fullmatch(r"[0-9a-fA-F]{32,128}", value))
    ):
        return None
    if re.match(r"(?i)(?:sha-?[0-9]+|md5)[:=-]", value):
        return None
    if not re.search(r"[0-9]", value) or not re.search(r"[A-Za-z]", value) or entropy(value) < 3.0 or "/" in value[:1]:
        return None
    if re.search(r"[(){}\[\]<>]", value) or (
        re.fullmatch(r"[A-Za-z]+(?:[-_.][A-Za-z0-9]+)+", value) and entropy(value) < 4.0
    ):
        return None
    return Tier.LABELLED if strength >= 1 else Tier.PROXIMITY


def _password_tier(value: str, look: Shape, strength: int, *, quoted: bool, alone: bool) -> Tier | None:
    if look is Shape.STRONG:
        return Tier.LABELLED if strength >= 1 or quoted else Tier.PROXIMITY
    if look is Shape.MEDIUM:
        if strength == 3 and (alone or quoted):
            return Tier.LABELLED
        return Tier.PROXIMITY if strength >= 0 or quoted else None
    if look is Shape.WEAK:
        enough = strength >= 1 and re.fullmatch(r"[0-9]{5,10}", value) is not None
        enough = (
            enough or (strength == 3 and (alone or quoted) and len(value) >= 5) or (strength == 2 and alone and quoted)
        )
        return Tier.PROXIMITY if enough else None
    if (
        quoted
        and strength >= 2
        and " " in value
        and re.fullmatch(r"[\w' !?.-]{12,80}", value)
        and value.count(" ") <= 6
    ):
        return Tier.PROXIMITY
    return None


def _kind(kind: str, value: str, tier: Tier) -> tuple[str, Tier]:
    if kind == "pin":
        return "password", tier
    if kind == "client-secret" and len(value) < 24:
        return "password", Tier.PROXIMITY if tier is Tier.PROXIMITY else Tier.LABELLED
    return kind, tier
