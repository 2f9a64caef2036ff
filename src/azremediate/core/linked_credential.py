"""A credential found in mail with the live objects that it may mean, and the rows that a plan takes of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from azremediate.core.credential import CompromisedCredential, Confidence, CredentialKind
from azremediate.core.finding import Link, LinkState, Tier
from azremediate.core.finding_list import FoundCredential

ALL_PROXIMITY = "T3"
"""Accepts every finding that only stands near a telling word."""

_KINDS = {
    "client-secret": CredentialKind.CLIENT_SECRET,
    "certificate": CredentialKind.CERTIFICATE,
    "private-key": CredentialKind.CERTIFICATE,
    "pfx": CredentialKind.CERTIFICATE,
    "storage-key": CredentialKind.STORAGE_KEY,
    "sas": CredentialKind.STORAGE_KEY,
    "jwt": CredentialKind.SESSION,
    "refresh-token": CredentialKind.SESSION,
    "session-cookie": CredentialKind.SESSION,
    "password": CredentialKind.USER_PASSWORD,
}
CERTIFICATE_KINDS = frozenset(kind for kind, means in _KINDS.items() if means is CredentialKind.CERTIFICATE)
"""Words of rules for what a certificate stands behind."""

_MOST_NOTED = 5


@dataclass(frozen=True, slots=True)
class LinkedCredential:
    """A found credential with its links, the surest first; there is always one, of state `none` when nothing fits."""

    found: FoundCredential
    links: tuple[Link, ...]

    @property
    def best(self) -> Link:
        """The surest link."""
        return self.links[0]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A found credential that is no row, with the reason."""

    found: FoundCredential
    reason: str


@dataclass(frozen=True, slots=True)
class Rows:
    """What becomes of found credentials: rows for a plan, and what an analyst has to look at first."""

    credentials: tuple[CompromisedCredential, ...]
    left_out: tuple[LeftOut, ...]


def rows_of(linked: Sequence[LinkedCredential], accepted: Collection[str] = ()) -> Rows:
    """The rows of a credential list.

    accepted: finding ids, or `T3` for all that only stands near a telling word. Without it such a finding, and one
    whose object is only a guess, is left out.
    """
    rows: list[CompromisedCredential] = []
    out: list[LeftOut] = []
    for number, one in enumerate(linked, start=1):
        reason = _reason_to_leave(one, accepted)
        if reason:
            out.append(LeftOut(one.found, reason))
        else:
            rows += [_row(one.found, link, number) for link in one.links if link.state is one.best.state]
    return Rows(tuple(rows), tuple(out))


def _reason_to_leave(one: LinkedCredential, accepted: Collection[str]) -> str:
    found = one.found
    taken = bool(set(found.finding_ids) & set(accepted)) or (
        found.best.tier is Tier.PROXIMITY and ALL_PROXIMITY in accepted
    )
    if found.best.tier is Tier.PROXIMITY and not taken:
        return "it only stands near a telling word; look at it, then accept it by its id"
    if one.best.state is LinkState.CANDIDATE and not taken:
        return f"whose it is, is a guess ({one.best.reason}); look at it, then accept it by its id"
    if one.best.state is LinkState.NONE:
        return one.best.reason
    return ""


def _row(found: FoundCredential, link: Link, number: int) -> CompromisedCredential:
    kind = CredentialKind.OTHER if link.object_kind == "other" else _KINDS.get(found.best.kind, CredentialKind.OTHER)
    messages = ", ".join(found.message_ids[:_MOST_NOTED])
    more = f" and {len(found.message_ids) - _MOST_NOTED} more" if len(found.message_ids) > _MOST_NOTED else ""
    key_id = link.key_ids[0] if len(link.key_ids) == 1 else ""
    return CompromisedCredential(
        kind=kind,
        identity=link.identity,
        key_id=key_id,
        hint=found.best.hint if kind is CredentialKind.CLIENT_SECRET else "",
        exposed_at=_moment(found.first),
        confidence=Confidence.KNOWN if link.state is LinkState.CONFIRMED else Confidence.SUSPECTED,
        source="mail",
        note=f"{', '.join(found.finding_ids[:_MOST_NOTED])} in {messages}{more}: {link.reason}"[:1000],
        lines=(number,),
    )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
