"""Compares secrets with azremediate's tag in the tenant with what the journal knows."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from azremediate.cli.doctor_checks import Check, Health, failed
from azremediate.cli.session import Session
from azremediate.core.errors import AzremediateError, RunLocked
from azremediate.core.plan import Plan
from azremediate.journal.run_journal import RecordedJournal, read_journal
from azremediate.resolve.strays import TaggedSecret, tagged_on, tagged_secrets

_SHOWN = 5


async def strays_check(session: Session) -> Check:
    """Whether every live secret with our tag is one that a run of this state directory made and stored."""
    name = "secrets with our tag"
    try:
        found = await tagged_secrets(session.tenant)
        known = await _known(Path(session.config.state_path))
    except AzremediateError as error:
        return failed(name, error)
    strange = [one for one in found if one.key_id not in known]
    if not strange:
        return Check(name, Health.OK, f"{len(found)} in the tenant, each in this journal")
    listed = "; ".join(f"{one.tag} on {one.holder_name}, key id {one.key_id}" for one in strange[:_SHOWN])
    more = f" and {len(strange) - _SHOWN} more" if len(strange) > _SHOWN else ""
    cure = (
        f"made by a run from another state directory, or left behind by a lost answer: {listed}{more}. One that no "
        "vault holds is used by nobody: remove it (azremediate run remove_app_secret APP --key-id ID --apply)"
    )
    return Check(name, Health.WARN, f"{len(strange)} of {len(found)} are not in this journal", cure)


async def check_no_other_run(session: Session, plan: Plan, journal: RecordedJournal, within: timedelta) -> None:
    """Raise `RunLocked` when somebody else rotated a target of the plan in that time: a run from elsewhere may go on.

    This notices what has left a trace. It is no mutual exclusion: two runs that begin in the same moment see nothing.
    """
    targets = [change.target for change in plan.changes if "secret" in change.action]
    known = await _known_in(journal)
    since = session.now - within
    strange = [one for one in await tagged_on(session.tenant, targets) if _younger(one, since, known)]
    if strange:
        one = strange[0]
        raise RunLocked(
            f"another run seems to be under way: {one.tag} on {one.holder_name} was made at {one.started:%H:%M} UTC "
            "and is not in this journal; nothing was sent",
            hint="find out who else applies a plan (guards.other_runs), and apply this one when that run has ended",
        )


def _younger(secret: TaggedSecret, since: datetime, known: frozenset[str]) -> bool:
    return secret.key_id not in known and secret.started is not None and secret.started >= since


async def _known(state: Path) -> frozenset[str]:
    if not _exists(state):
        return frozenset()
    async with read_journal(state) as journal:
        return await _known_in(journal)


def _exists(path: Path) -> bool:
    return os.path.lexists(path)


async def _known_in(journal: RecordedJournal) -> frozenset[str]:
    """Key ids that runs of this journal added, also those whose change has not come to its end."""
    found: set[str] = set()
    for summary in await journal.runs():
        run = await journal.open_run(summary.run_id)
        for change in _rotations(await run.plan()):
            found |= {str(one.facts["keyId"]) for one in (await run.steps(change)).values() if "keyId" in one.facts}
    return frozenset(found)


def _rotations(plan: Plan) -> Sequence[str]:
    return [change.change_id for change in plan.changes if "rotate" in change.action]
