"""What applying needs to know of the tenant, read while the session opens, so that the first write leaves sooner."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from azremediate.cli.catalog import actions
from azremediate.core.change import Change
from azremediate.core.clock import Clock
from azremediate.core.concurrency import three
from azremediate.core.config import Config
from azremediate.core.errors import AzremediateError, TenantError
from azremediate.core.guards import GuardFacts
from azremediate.core.json_value import Json
from azremediate.core.plan import Plan, plan_bytes
from azremediate.core.ports import TenantReader
from azremediate.core.target import Target
from azremediate.resolve.current_target import current_targets
from azremediate.resolve.guard_facts import gather_guard_facts

_UNTIL_ASKED: Final = 0.02
"""Seconds after which the first questions have left."""

FRESH: Final = 5.0
"""Seconds for which what was read is as good as a reading of now."""


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """What guards judge by; `at` is when it was asked for, on the session's clock."""

    facts: GuardFacts
    at: float


@dataclass(frozen=True, slots=True)
class ReadAhead:
    """What guards judge by, and the targets of a plan's first phase.

    content: the plan as it stands in its file.

    It is for one use just after it was read: what is older, after a wait for a lock or for a person, is read again.
    """

    clock: Clock
    known: KnownFacts
    targets: Mapping[str, Target | TenantError]
    asked: frozenset[str]
    content: bytes

    def covers(self, changes: Sequence[Change]) -> bool:
        """Whether the targets of these changes are among what was read, and just now."""
        fresh = self.clock.monotonic() - self.known.at <= FRESH
        return fresh and self.asked.issuperset(change.change_id for change in changes)


async def read_ahead(
    plan: Plan, tenant: TenantReader, config: Config, claims: Mapping[str, Json], clock: Clock
) -> ReadAhead | None:
    """Read it; None when something could not be read, which is then told where it is needed."""
    first = next((tuple(phase) for _, phase in groupby(plan.changes, key=lambda change: change.phase)), ())
    at = clock.monotonic()
    try:
        facts, targets, content = await three(
            gather_guard_facts(tenant, config.guards, claims, config.azure.subscriptions),
            current_targets(tenant, first),
            _prepared(plan),
        )
    except AzremediateError:
        return None
    return ReadAhead(clock, KnownFacts(facts, at), targets, frozenset(change.change_id for change in first), content)


async def _prepared(plan: Plan) -> bytes:
    """Work of the processor alone, done while the tenant's answers are under way."""
    await asyncio.sleep(_UNTIL_ASKED)
    actions()
    return plan_bytes(plan)
