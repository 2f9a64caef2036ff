"""Searches a message for secrets and says what was found, without the values."""

import hashlib
import hmac
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from azremediate.core.finding import Finding, NotAnalysed, Occurrence, Tier
from azremediate.core.secret import Secret
from azremediate.mail.confirm import Match, OutOfTime
from azremediate.mail.excerpt import excerpt
from azremediate.mail.fingerprint import fingerprint, plain
from azremediate.mail.key_material import base64_claims, certificates, file_claims
from azremediate.mail.limits import Limits
from azremediate.mail.message import FilePart, TakenApart, TextPart
from azremediate.mail.nearby import Surroundings, nearby, surroundings
from azremediate.mail.text_search import TextSearch

OUT_OF_TIME = "searching took longer than the limit"
_TIERS = (Tier.EXACT, Tier.LABELLED, Tier.PROXIMITY)


@dataclass(frozen=True, slots=True)
class Analysed:
    """What one message holds, and what of it could not be searched."""

    findings: tuple[Finding, ...] = ()
    not_analysed: tuple[NotAnalysed, ...] = ()


class MessageAnalyst(Protocol):
    """Searches messages under the key of one case."""

    def analyse(self, taken: TakenApart) -> Analysed:
        """Every secret of the message, one finding for each value, however often it stands there."""
        ...

    def reveal(self, taken: TakenApart, finding_id: str) -> Secret | None:
        """The value of one finding of this message, None when the message has no such finding."""
        ...


@dataclass(slots=True)
class _Searched:
    """One text with its values and surroundings."""

    part: TextPart
    matches: list[Match]
    around: Surroundings


@dataclass(slots=True)
class _Value:
    """One value of a message with all its places; the places are (text, match), the first is the best."""

    text: str
    places: list[tuple[_Searched, Match]] = field(default_factory=list)


class Analyst:
    """Searches messages under the key of one case; made once for a process, for its rules are compiled.

    engine: `auto`, `re` or `hyperscan` (`ModuleNotFoundError` when that is wanted and not installed). clock: seconds
    that only grow.
    """

    def __init__(
        self,
        case_key: bytes,
        *,
        engine: str = "auto",
        limits: Limits = Limits(),  # noqa: B008 - frozen
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._case_key = case_key
        self._search = TextSearch(engine)
        self._limits = limits
        self._clock = clock

    def __repr__(self) -> str:
        return f"Analyst({self._search.engine})"

    def analyse(self, taken: TakenApart) -> Analysed:
        """See `MessageAnalyst.analyse`."""
        searched, missed = self._searched(taken)
        values = _values(searched)
        files = [found for part in taken.files if (found := self._file_finding(taken, part)) is not None]
        others = _ids_of_all(searched)
        masks = [_mask(one) for one in searched]
        texts = {id(one): mask for one, mask in zip(searched, masks, strict=True)}
        plain_values = sorted((value.text for value in values if len(value.text) >= 6), key=len, reverse=True)
        findings = [self._finding(taken, value, texts, plain_values, others) for value in values]
        return Analysed(tuple(_with_certificates(findings + files, searched)), taken.not_analysed + tuple(missed))

    def reveal(self, taken: TakenApart, finding_id: str) -> Secret | None:
        """See `MessageAnalyst.reveal`."""
        searched, _ = self._searched(taken)
        for value in _values(searched):
            if self._id(taken, value.text) == finding_id:
                return Secret(value.text)
        return None

    def _searched(self, taken: TakenApart) -> tuple[list[_Searched], list[NotAnalysed]]:
        deadline = self._clock() + self._limits.seconds

        def check_time() -> None:
            if self._clock() > deadline:
                raise OutOfTime

        searched, missed = [], []
        for part in taken.texts:
            try:
                check_time()
                matches = self._search.matches(part.text, check_time)
            except OutOfTime:
                missed.append(_missed(taken, part))
                continue
            searched.append(_Searched(part, matches, surroundings(part.text) if matches else Surroundings((), (), ())))
        return searched, missed

    def _id(self, taken: TakenApart, value: str) -> str:
        text = f"{taken.head.mime_sha256}\0{value}".encode("utf-8", "surrogatepass")
        return "F-" + hmac.new(self._case_key, text, hashlib.sha256).hexdigest()[:20]

    def _finding(
        self,
        taken: TakenApart,
        value: _Value,
        masks: dict[int, list[tuple[int, int, str]]],
        values: Sequence[str],
        others: tuple[str, ...],
    ) -> Finding:
        where, match = value.places[0]
        claims = {**match.claims, **base64_claims(match.kind, value.text)}
        return Finding(
            finding_id=self._id(taken, value.text),
            rule=match.rule,
            tier=match.tier,
            kind=match.kind,
            hint=value.text[:3] if match.kind == "client-secret" else "",
            length=len(value.text),
            fingerprint=fingerprint(self._case_key, value.text),
            excerpt=excerpt(where.part.text, (match.start, match.end), masks[id(where)], values),
            message_id=taken.head.message_id,
            mime_sha256=taken.head.mime_sha256,
            source=taken.head.source,
            occurrences=tuple(
                Occurrence(one.part.path, place.start, place.end - place.start) for one, place in value.places
            ),
            sent=taken.head.sent,
            sender=taken.head.sender,
            recipients=taken.head.recipients,
            nearby=nearby(where.around, match.start, match.end, others),
            claims=claims,
            expires=claims.get("exp") or claims.get("se", "") or claims.get("not_after", ""),
        )

    def _file_finding(self, taken: TakenApart, part: FilePart) -> Finding | None:
        found = file_claims(part.name, part.content)
        if found is None:
            return None
        kind, claims = found
        digest = hashlib.sha256(part.content).hexdigest()
        return Finding(
            finding_id=self._id(taken, digest),
            rule="key-file",
            tier=Tier.EXACT,
            kind=kind,
            hint="",
            length=len(part.content),
            fingerprint=fingerprint(self._case_key, digest),
            excerpt=f"[{kind}] in the file {excerpt(part.name, (0, 0), (), ())}",
            message_id=taken.head.message_id,
            mime_sha256=taken.head.mime_sha256,
            source=taken.head.source,
            occurrences=(Occurrence(part.path, 0, len(part.content)),),
            sent=taken.head.sent,
            sender=taken.head.sender,
            recipients=taken.head.recipients,
            claims=claims,
            expires=claims.get("not_after", ""),
        )


def _values(searched: Iterable[_Searched]) -> list[_Value]:
    """The values of a message, one each, in the order in which they stand; the best place of each first."""
    values: dict[str, _Value] = {}
    for one in searched:
        for match in one.matches:
            text = plain(one.part.text[match.start : match.end])
            values.setdefault(text, _Value(text)).places.append((one, match))
    for value in values.values():
        value.places.sort(key=lambda place: (_TIERS.index(place[1].tier), place[0].part.twin))
    return list(values.values())


def _mask(one: _Searched) -> list[tuple[int, int, str]]:
    return [(match.start, match.end, match.kind) for match in one.matches]


def _ids_of_all(searched: Iterable[_Searched]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for one in searched for _, text in one.around.ids))


def _missed(taken: TakenApart, part: TextPart) -> NotAnalysed:
    head = taken.head
    return NotAnalysed(head.source, head.message_id, part.path, OUT_OF_TIME, len(part.text), head.mime_sha256)


def _with_certificates(findings: Iterable[Finding], searched: Iterable[_Searched]) -> Iterator[Finding]:
    """Private keys get the thumbprint of the certificate of the same message that has their public key."""
    found = list(findings)
    if not any(one.kind in ("private-key", "pfx") for one in found):
        yield from found
        return
    known = {claims["spki"]: claims for one in searched for claims in certificates(one.part.text)}
    for one in found:
        claims = known.get(one.claims.get("spki", ""))
        yield one if claims is None else replace(one, claims={**claims, **one.claims})
