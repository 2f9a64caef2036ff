"""Everything that applying a plan needs beside the plan."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from azremediate.core.action import Action
from azremediate.core.change import Change
from azremediate.core.clock import Clock
from azremediate.core.config import GuardSettings
from azremediate.core.durable import Expired, Frozen, never_expired, never_frozen
from azremediate.core.errors import TenantError
from azremediate.core.events import Listener
from azremediate.core.guards import GuardFacts
from azremediate.core.ports import TenantWriter
from azremediate.core.record import RunJournal
from azremediate.core.run import RunSettings
from azremediate.core.target import Target

LookAgain: TypeAlias = Callable[[Sequence[Change]], Awaitable[Mapping[str, "Target | TenantError"]]]
"""Reads the targets of changes again, by change id."""


async def nobody_looks(_changes: Sequence[Change]) -> Mapping[str, Target | TenantError]:
    """Where the plan's own words are believed: in tests of other things."""
    return {}


@dataclass(frozen=True, slots=True)
class Execution:
    """Everything that applying needs beside the plan. `stopping` tells whether somebody asked to stop.

    expired: whether the plan may not begin anything any more; what was begun is still taken to its end. frozen: why not
    even the next write of a change under way may be begun, empty when it may.

    current: reads, before each phase, the targets of its changes as the tenant has them then, by change id, or why one
    could not be read. Guards judge them beside the plan's own words, which whoever can write the plan file can choose.
    """

    tenant: TenantWriter
    actions: Mapping[str, Action]
    journal: RunJournal
    clock: Clock
    settings: RunSettings
    guards: GuardSettings
    facts: GuardFacts
    listener: Listener
    stopping: Callable[[], bool]
    current: LookAgain = nobody_looks
    expired: Expired = never_expired
    frozen: Frozen = never_frozen
