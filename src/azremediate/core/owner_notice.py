"""Owners are told before an unused application is switched off, and have time to object."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from azremediate.core.change import Change
from azremediate.core.clock import iso
from azremediate.core.manual_task import ManualTask, Notice, task_id_of
from azremediate.core.plan import LeftOut
from azremediate.core.planned_cases import Planned
from azremediate.core.playbook import Step
from azremediate.core.target import Target

OWNER_NOTICE = "owner-notice"
"""The kind of such a task."""

STAYS_VALID = timedelta(days=90)
"""How long after its end a period of notice still counts; after that owners are told again."""

_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Noticed:
    """A step's changes after owners were considered, and the notices that a person has to send."""

    planned: tuple[Planned, ...]
    tasks: tuple[ManualTask, ...] = ()


def with_notices(planned: Sequence[Planned], step: Step, sent: Mapping[str, datetime], now: datetime) -> Noticed:
    """What a step may change now: an application whose owners had their time.

    sent: by task id when somebody recorded that a notice was sent. With a period of zero the notice is sent, and the
    change made, at once. A step without a notice is given back as it is.
    """
    if step.notice is None:
        return Noticed(tuple(_watched(item, step) for item in planned))
    kept, tasks = [], []
    for item in planned:
        if not isinstance(item.outcome, Change):
            kept.append(item)
            continue
        target = item.outcome.target
        told = sent.get(notice_task_id(target))
        state = _state(told, step.notice, now)
        if state or not step.notice:
            tasks += [_task(item, step, step.notice, now)] if told is None or _too_old(told, step.notice, now) else []
        kept.append(_left_out(item, state) if state else _watched(item, step))
    return Noticed(tuple(kept), tuple(tasks))


def notice_task_id(target: Target) -> str:
    """The id of the notice about an application, the same in every plan."""
    return task_id_of(OWNER_NOTICE, target.tenant_id, target.app_id)


def _too_old(told: datetime, notice: timedelta, now: datetime) -> bool:
    return now > told + notice + STAYS_VALID


def _state(told: datetime | None, notice: timedelta, now: datetime) -> str:
    """Why the change has to wait; empty when it may be made."""
    if not notice:
        return ""
    if told is None or _too_old(told, notice, now):
        return f"its owners have to be told first, and then have {_days(notice)} to answer"
    if now < told + notice:
        return f"its owners were told on {told:%Y-%m-%d} and may answer until {told + notice:%Y-%m-%d}"
    return ""


def _left_out(item: Planned, reason: str) -> Planned:
    outcome = item.outcome
    if not isinstance(outcome, Change):
        return item
    why = "; ".join((reason, *outcome.evidence))
    return replace(item, outcome=LeftOut(item.action, outcome.target, why, done=False))


def _watched(item: Planned, step: Step) -> Planned:
    if step.scream_test is None or not isinstance(item.outcome, Change):
        return item
    return replace(item, outcome=replace(item.outcome, watched_for=step.scream_test))


def _task(item: Planned, step: Step, notice: timedelta, now: datetime) -> ManualTask:
    target, owners = item.outcome.target, item.selected.owners
    whom = "to its owners" if owners else "to whoever may know it: nobody owns it"
    then = f"and record that it was sent; {step.action} is planned {_days(notice)} later" if notice else "now"
    return ManualTask(
        task_id=notice_task_id(target),
        identity=target.app_id,
        kind=OWNER_NOTICE,
        task=f"send this notice {whom}, {then}",
        lines=(),
        owner=", ".join(owners),
        due=iso(now),
        notice=_notice(target, item.selected.note, owners, notice, step.scream_test),
        then_after=notice,
    )


def _notice(
    target: Target, evidence: str, owners: tuple[str, ...], notice: timedelta, scream_test: timedelta | None
) -> Notice:
    name = _plain(target.display_name)
    when = f"{_days(notice)} after this notice" if notice else "now"
    after = f" It is watched for {_days(scream_test)} then, and may be deleted after that." if scream_test else ""
    body = (
        f"The application {name} (appId {target.app_id}) seems not to be used any more.\n"
        f"What is known: {_plain(evidence, 2000)}.\n"
        f"It will be switched off {when}.{after}\n"
        "If it is still needed, answer this message and say who needs it and how often it runs; jobs that run once a "
        "quarter or once a year do not show in these reports.\n"
        "Switched off, it can be switched on again at once."
    )
    return Notice(owners, f"Unused application {name} will be switched off", body)


def _plain(text: str, longest: int = _LONGEST_NAME) -> str:
    """A text of the tenant on one line, so that a name can add no line to a message."""
    return "".join(char if char.isprintable() else " " for char in text)[:longest]


def _days(duration: timedelta) -> str:
    days = duration / timedelta(days=1)
    return f"{days:g} day{'' if days == 1 else 's'}"
