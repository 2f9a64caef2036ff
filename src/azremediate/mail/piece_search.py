"""Searches one piece of mail: a function of its arguments alone, so that any process or machine may call it."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from azremediate.core.finding import Finding, NotAnalysed
from azremediate.mail.analysis import Analyst, MessageAnalyst
from azremediate.mail.limits import Limits
from azremediate.mail.message import TakenApart
from azremediate.mail.outlook_message import outlook_message
from azremediate.mail.reasons import Reason
from azremediate.mail.source import Piece, is_outlook_message, raw_messages
from azremediate.mail.taking_apart import take_apart


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """How mail is searched. engine: `auto`, `re` or `hyperscan`."""

    engine: str = "auto"
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class PieceResult:
    """What one piece holds; there is no secret in it. size: bytes of the raw messages."""

    key: str
    findings: tuple[Finding, ...]
    missed: tuple[NotAnalysed, ...]
    messages: int
    size: int
    parts: int = 0


@lru_cache(maxsize=2)
def make_analyst(case_key: bytes, settings: SearchSettings) -> Analyst:
    """The analyst of this process; its rules are compiled once."""
    return Analyst(case_key, engine=settings.engine, limits=settings.limits)


def search_piece(piece: Piece, case_key: bytes, settings: SearchSettings) -> PieceResult:
    """Everything in one piece."""
    analyst = make_analyst(case_key, settings)
    findings: list[Finding] = []
    missed: list[NotAnalysed] = []
    count: Counter[str] = Counter()
    for label, raw in raw_messages(piece, settings.limits, missed.append):
        count["messages"] += 1
        count["size"] += len(raw)
        search_message(raw, label, analyst, settings.limits, findings.append, missed.append)
    return PieceResult(piece.key, tuple(findings), tuple(missed), count["messages"], count["size"])


def search_message(
    raw: bytes,
    label: str,
    analyst: MessageAnalyst,
    limits: Limits,
    find: Callable[[Finding], None],
    miss: Callable[[NotAnalysed], None],
) -> None:
    """Search one raw message."""
    taken = opened(raw, label, limits)
    if isinstance(taken, NotAnalysed):
        miss(taken)
        return
    analysed = analyst.analyse(taken)
    for finding in analysed.findings:
        find(finding)
    for one in analysed.not_analysed:
        miss(one)


def opened(raw: bytes, label: str, limits: Limits) -> TakenApart | NotAnalysed:
    """A raw message taken apart, also one of Outlook; the hash is that of the bytes as they were."""
    if not is_outlook_message(raw):
        return take_apart(raw, label, limits)
    digest = hashlib.sha256(raw).hexdigest()
    converted = outlook_message(raw)
    if converted is None and label.lower().endswith(".msg"):
        return NotAnalysed(label, "", "", str(Reason.DAMAGED), len(raw), digest)
    if converted is None:  # a document
        return take_apart(raw, label, limits)
    taken = take_apart(converted.raw, label, limits)
    missed = (
        *(replace(one, mime_sha256=digest) for one in taken.not_analysed),
        *(
            NotAnalysed(label, taken.head.message_id, one.place, str(one.reason), one.size, digest)
            for one in converted.missed
        ),
    )
    return replace(taken, head=replace(taken.head, mime_sha256=digest), not_analysed=missed)
