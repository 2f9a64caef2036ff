"""What a report of one run is made from, and the answers that every form of it gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from azremediate.core.action import Action
from azremediate.core.change import Phase
from azremediate.core.manual_task import ManualTask, TaskEvidence
from azremediate.core.plan import Plan
from azremediate.core.result import ChangeResult
from azremediate.report.cases import CaseResult, case_results
from azremediate.report.phrases import count, moment, moment_of

_TOKEN_LIFE = timedelta(minutes=90)
"""Entra ID issues access tokens for 60 to 90 minutes, and most services do not ask again in between."""


@dataclass(frozen=True, slots=True)
class AuditState:
    """What checking the audit log said when the report was made; `head` is its last hash, empty for an empty log."""

    verdict: str
    records: int
    head: str


@dataclass(frozen=True, slots=True)
class RunReport:
    """One run with its plan and results. Times are RFC 3339 texts; `exit_code` is None for a run that has not ended.

    evidence: what was recorded about manual tasks, by task id.
    """

    run_id: str
    plan: Plan
    results: Mapping[str, ChangeResult]
    actions: Mapping[str, Action]
    started_at: str
    ended_at: str
    exit_code: int | None
    audit: AuditState | None = None
    evidence: Mapping[str, TaskEvidence] = field(default_factory=dict)

    @property
    def cases(self) -> tuple[CaseResult, ...]:
        """What became of each listed credential."""
        return case_results(self.plan, self.results, self.actions, self.evidence)

    @property
    def open_tasks(self) -> tuple[ManualTask, ...]:
        """The manual tasks without evidence."""
        return tuple(task for task in self.plan.manual_tasks if task.task_id not in self.evidence)

    @property
    def done(self) -> int:
        """How many changes are proven to be in effect."""
        return sum(result.status.done for result in self.results.values())

    @property
    def tokens_until(self) -> datetime | None:
        """Until when access tokens may live that were issued before the last change that cut somebody off."""
        cutting = (Phase.CONTAIN, Phase.EVICT, Phase.ROTATE)
        ended = [
            moment_of(result.ended_at)
            for change in self.plan.changes
            if change.phase in cutting and (result := self.results.get(change.change_id)) and result.status.done
        ]
        known = [when for when in ended if when is not None]
        return max(known) + _TOKEN_LIFE if known else None


def answer(report: RunReport) -> str:
    """The first sentence of a report: what is closed and what is left."""
    notices = sum(task.notice is not None for task in report.open_tasks)
    left = f"; {count(notices, 'notice')} still to be sent" if notices else ""
    return f"{_answer_about_cases(report) if report.cases else _answer_about_changes(report)}{left}"


def _answer_about_changes(report: RunReport) -> str:
    total = len(report.plan.changes)
    if not total:
        return "nothing had to be changed"
    return f"{report.done} of {count(total, 'change')} {'is' if total == 1 else 'are'} proven to be in effect"


def _answer_about_cases(report: RunReport) -> str:
    cases = report.cases
    closed = sum(case.closed for case in cases)
    person = sum(case.person for case in cases)
    again = len(cases) - closed - person
    parts = [f"{closed} of {count(len(cases), 'listed credential')} closed"]
    if person:
        parts.append(f"{person} {'needs' if person == 1 else 'need'} a person")
    if again:
        parts.append(f"{again} not reached yet")
    return "; ".join(parts)


def not_shown(report: RunReport) -> list[str]:
    """What this report does not show, one sentence each."""
    found = []
    until = report.tokens_until
    if until is not None:
        until += timedelta(seconds=59)  # shown to the minute, and never too early
        found.append(
            f"access tokens issued before {moment(until - _TOKEN_LIFE)} may live until {moment(until)} (60 to 90 "
            "minutes); no change ends them sooner where the service does not ask again"
        )
    found.append("whether the credentials were used by somebody else before: sign-in logs were not reviewed")
    rejected = len(report.plan.input.rejected) if report.plan.input else 0
    if rejected:
        found.append(f"{count(rejected, 'row')} of the list that could not be read as a credential")
    if report.plan.unresolved:
        found.append(f"{count(len(report.plan.unresolved), 'row')} that matched no single object of the tenant")
    return found
