"""A raw message to its texts and files; what cannot be read is listed."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC
from email.utils import getaddresses, parsedate_to_datetime
from functools import lru_cache

from azremediate.core.finding import NotAnalysed
from azremediate.mail.budget import Budget
from azremediate.mail.content_type import MISREAD, content_type, words
from azremediate.mail.decoded_text import decoded
from azremediate.mail.html_text import html_text
from azremediate.mail.limits import Limits
from azremediate.mail.message import MessageHead, TakenApart
from azremediate.mail.mime_splitter import Section, decoded_body, parts, peeked, section
from azremediate.mail.part_content import begins_as_picture, is_json, read_file, read_json
from azremediate.mail.reasons import Reason
from azremediate.mail.signed_content import signed_content

_HEADERS_SKIPPED = frozenset((
    "received", "authentication-results", "date", "message-id", "in-reply-to", "references", "return-path", "from",
    "to", "cc", "bcc", "reply-to", "sender", "mime-version", "user-agent", "delivered-to", "autocrypt", "face",
    "x-face", "x-originatororg", "x-mailer", "domainkey-signature",
))  # fmt: skip
_BEGINNINGS_SKIPPED = (
    "received-", "dkim-", "arc-", "x-ms-", "x-microsoft-", "x-forefront", "authentication-results-", "x-google-",
    "x-gm-", "x-antispam", "x-exchange-", "x-eopattributed", "content-", "thread-", "list-", "x-spam",
    "x-proofpoint", "x-mimecast", "resent-",
)  # fmt: skip
"""Headers of transport, signatures and programs: `Token: ...` is none of them."""

_OF_MESSAGES = frozenset((
    "from", "to", "cc", "bcc", "subject", "date", "message-id", "received", "mime-version", "content-type", "sender",
    "reply-to", "return-path", "delivered-to",
))  # fmt: skip
_SHORT = 500
"""Letters of addresses that are kept; longer lists may be of any size."""

_PREAMBLE = ("this is a multi-part message", "this is a multipart message", "this is a cryptographically signed")


def take_apart(
    raw: bytes,
    source: str,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    clock: Callable[[], float] = time.monotonic,
) -> TakenApart:
    """The texts and files of a message in RFC 5322 form, or of a file that is none, as by its name in `source`.

    source: the file, or `mailbox:UPN`. clock: seconds that only grow. Never raises for what the message holds.
    """
    digest = hashlib.sha256(raw).hexdigest()
    if len(raw) > limits.message:
        head = MessageHead(source, "", digest)
        return TakenApart(head, (), (), (NotAnalysed(source, "", "", str(Reason.TOO_LARGE), len(raw), digest),))
    message = section(raw)
    head = _head(message, source, digest)
    budget = Budget(limits, clock, source, head.message_id, digest, _take_in)
    name = source.rpartition("/")[2]
    if _is_message(message) or not (budget.may_open("", len(raw), 0) and read_file(name, raw, name, budget, 0)):
        _take_message(message, "", budget, 0)
    return TakenApart(head, tuple(budget.texts), tuple(budget.files), tuple(budget.missed))


def _is_message(message: Section) -> bool:
    """Whether the headers are those of a message: a file beside the mail, such as a saved attachment, has none."""
    return any(name in _OF_MESSAGES or name.startswith("x-") for name, _ in message.headers)


def _take_in(raw: bytes, path: str, budget: Budget, depth: int) -> None:
    """A message inside another one, as a part of it."""
    if budget.may_open(path, len(raw), depth):
        _take_message(section(raw), path, budget, depth)


def _take_message(message: Section, path: str, budget: Budget, depth: int) -> None:
    lines = [
        f"{name}: {words(text)}"
        for name, text in message.headers
        if name not in _HEADERS_SKIPPED and not name.startswith(_BEGINNINGS_SKIPPED)
    ]
    budget.text(f"{path}/headers".lstrip("/"), "\n".join(lines))
    _take_part(message, f"{path}/1".lstrip("/"), budget, depth, twin=False)


def _take_part(part: Section, path: str, budget: Budget, depth: int, *, twin: bool) -> None:
    if part.stray:
        budget.text(f"{path}/head", decoded(part.stray))
    typed = content_type(part)
    kind = typed.kind
    boundary = typed.boundary if kind.startswith("multipart/") else b""
    if boundary:
        if budget.may_open(path, 0, depth):
            _take_parts(part.body, boundary, kind, path, budget, depth, twin=twin)
        return
    if kind.startswith("image/") and _is_picture(part, path, typed.file_name, budget, depth):
        return
    data = decoded_body(part.header("content-transfer-encoding"), part.body)
    if kind == "message/rfc822":
        _take_in(data, path, budget, depth + 1)
        return
    name = typed.file_name
    if budget.may_open(path, len(data), depth):
        _take_leaf(_Leaf(typed.charset, kind, name, data, path if not name else f"{path}/{name}", twin), budget, depth)


def _is_picture(part: Section, path: str, name: str, budget: Budget, depth: int) -> bool:
    """Whether it begins as a picture does, and then listed: a third of mail is pictures, which need no decoding."""
    head, size = peeked(part.header("content-transfer-encoding"), part.body)
    if not begins_as_picture(head):
        return False
    if budget.may_open(path, size, depth):
        budget.miss(path if not name else f"{path}/{name}", Reason.IMAGE, size)
    return True


def _take_parts(body: bytes, boundary: bytes, kind: str, path: str, budget: Budget, depth: int, *, twin: bool) -> None:
    before, *inner, after = parts(body, boundary)
    for number, text in ((0, before), (len(inner) + 1, after)):
        if text.strip() and not text.strip()[:60].lower().startswith(tuple(one.encode() for one in _PREAMBLE)):
            budget.text(f"{path}.{number}", decoded(text))
    sections = [section(raw) for raw in inner]
    kinds = [content_type(one).kind for one in sections] if kind == "multipart/alternative" else []
    for number, one in enumerate(sections, 1):
        doubled = "text/plain" in kinds and kinds[number - 1] == "text/html"
        _take_part(one, f"{path}.{number}", budget, depth + 1, twin=twin or doubled)


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A part without parts."""

    charset: str | None
    kind: str
    name: str
    data: bytes
    path: str
    twin: bool


def _take_leaf(leaf: _Leaf, budget: Budget, depth: int) -> None:
    kind, name, data, path = leaf.kind, leaf.name, leaf.data, leaf.path
    if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        inner = signed_content(data)
        if inner is None:
            budget.miss(path, Reason.ENCRYPTED_MAIL, len(data))
        else:
            _take_in(inner, path, budget, depth + 1)
    elif kind in ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"):
        return
    elif kind == "application/pgp-encrypted" or data.startswith(b"-----BEGIN PGP MESSAGE-----"):
        budget.miss(path, Reason.ENCRYPTED_MAIL, len(data))
    elif kind == "text/html" and not name:
        budget.text(path, html_text(decoded(data, leaf.charset)), "text/html", twin=leaf.twin)
    elif kind.startswith("text/") and (not name or kind == "text/plain"):
        text = decoded(data, leaf.charset)
        if is_json(name.lower(), text):
            read_json(path, text, budget, twin=leaf.twin)
        else:
            budget.text(path, text, kind, twin=leaf.twin)
    elif not read_file(name or _named_by_kind(kind), data, path, budget, depth):
        _take_in(data, path, budget, depth + 1)


def _named_by_kind(kind: str) -> str:
    main = kind.partition("/")[0]
    return {"image": "x.png", "audio": "x.mp3", "video": "x.mp4", "message": "x.eml"}.get(main, "")


def _head(message: Section, source: str, digest: str) -> MessageHead:
    return MessageHead(
        source,
        decoded(message.header("message-id")).strip().strip("<>")[:998],
        digest,
        _sent(decoded(message.header("date"))),
        next(iter(_addresses(message, "from", "sender")), ""),
        tuple(_addresses(message, "to", "cc", "bcc")),
    )


def _addresses(message: Section, *names: str) -> Sequence[str]:
    texts = tuple(decoded(text) for wanted in names for name, text in message.headers if name == wanted)[:50]
    return _kept_addresses(texts) if sum(map(len, texts)) < _SHORT else _of_people(texts)


@lru_cache(maxsize=1024)
def _kept_addresses(texts: tuple[str, ...]) -> Sequence[str]:
    """The same people write to each other again and again."""
    return _of_people(texts)


def _of_people(texts: tuple[str, ...]) -> Sequence[str]:
    try:
        found = dict.fromkeys(address.lower() for _, address in getaddresses(texts) if "@" in address)
    except MISREAD:
        return ()
    return tuple(found)[:500]


def _sent(text: str) -> str:
    try:
        moment = parsedate_to_datetime(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (*MISREAD, IndexError, OverflowError):
        return ""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
