"""A sweep in an open session: since when, for whom, and without what azremediate did itself."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from azremediate.cli.session import Session
from azremediate.core.config import Config
from azremediate.core.credential import CredentialList
from azremediate.core.errors import ConfigInvalid, InputInvalid
from azremediate.core.foothold import Swept
from azremediate.core.target import Resolved, TargetKind
from azremediate.journal.audit_reading import read_audit
from azremediate.resolve.sweep import Order, sweep

_OUTSIDE = (TargetKind.STORAGE_ACCOUNT, TargetKind.TENANT)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for; `since` is None when the list's times of exposure count."""

    since: datetime | None
    given: CredentialList | None
    include_own: bool

    @property
    def start(self) -> datetime:
        """The time from which on it counts; `InputInvalid` when nobody said one."""
        if self.since is not None:
            return self.since
        times = [one.exposed_at for one in self.given.credentials if one.exposed_at] if self.given else []
        if not times:
            raise InputInvalid(
                "nobody said since when: the list has no exposed_at" if self.given else "nobody said since when",
                hint="write for example --since 2024-01-19",
            )
        return min(times)


def parse_since(text: str) -> datetime:
    """A date or a time with zone, ISO 8601; a date is its start in UTC."""
    try:
        found = datetime.fromisoformat(text if "T" in text else f"{text}T00:00:00+00:00")
    except ValueError:
        raise InputInvalid(f"--since {text[:40]!r} is no ISO 8601 date or time", hint="2024-01-19 is one") from None
    if found.tzinfo is None:
        raise InputInvalid(f"--since {text[:40]!r} has no zone", hint="write for example 2024-01-19T10:00:00Z")
    return found.astimezone(UTC)


async def sweep_tenant(session: Session, wanted: Wanted, start: datetime) -> Swept:
    """What was found since `start`; reads only."""
    if start > session.now:
        raise InputInvalid(f"--since {start:%Y-%m-%d} has not come yet", hint="write when the exposure began")
    ids: frozenset[str] = frozenset()
    if wanted.given is not None:
        ids = await _ids(session, wanted.given)
    order = Order(
        since=start,
        ids=ids,
        own_app_id="" if wanted.include_own else session.claim("appid"),
        own_key_ids=frozenset() if wanted.include_own else own_key_ids(session.config),
        subscriptions=session.config.azure.subscriptions,
    )
    return await sweep(session.tenant, order)


async def _ids(session: Session, given: CredentialList) -> frozenset[str]:
    """Every id of the listed identities; `InputInvalid` when none of them is in the tenant."""
    found = await session.survey(any_target=True).resolver.resolve(given.credentials)
    targets = [one.target for one in found if isinstance(one, Resolved) and one.target.kind not in _OUTSIDE]
    if not targets:
        raise InputInvalid(
            f"{given.name}: no listed identity is an application or a user of the tenant",
            hint="leave out --credentials to look at the whole tenant",
        )
    return frozenset(identifier for target in targets for identifier in target.ids)


def own_key_ids(config: Config) -> frozenset[str]:
    """The key ids of credentials that runs of this state directory made, in lower case."""
    found = set()
    try:
        for record in read_audit(Path(config.state_path), tenant_id=config.tenant_id, event="write.performed"):
            facts = record.get("facts")
            key_id = facts.get("keyId") if isinstance(facts, dict) else None
            if isinstance(key_id, str):
                found.add(key_id.lower())
    except ConfigInvalid:
        return frozenset()
    return frozenset(found)
