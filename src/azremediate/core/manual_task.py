"""What a person has to do because no action does it, and the evidence that it was done."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from azremediate.core.clock import iso
from azremediate.core.credential import CompromisedCredential
from azremediate.core.json_value import digest

TASK_DONE = "task.done"
"""The event of the audit log that carries the evidence; its facts are those of a `TaskEvidence`."""

TASK_COLUMNS = ("owner", "due", "task")
"""Columns of a credential list of its writer's own that tasks take up: who does it, until when, and what it is."""

LONGEST_TASK = 1500


@dataclass(frozen=True, slots=True)
class Notice:
    """A text for a person to send. `to` are addresses, or names where the directory has no address."""

    to: tuple[str, ...]
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class ManualTask:
    """Something that a person has to do; it stays open in reports until somebody records evidence of it.

    task_id: names it within its plan. owner: who does it, empty when nobody was named. due: RFC 3339. `notice` is what
    has to be sent, if that is the task; `then_after` how long after that the next step may be taken.
    """

    task_id: str
    identity: str
    kind: str
    task: str
    lines: tuple[int, ...]
    owner: str = ""
    due: str = ""
    notice: Notice | None = None
    then_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class TaskEvidence:
    """What somebody recorded about a task: when, who, and what shows it. Of a file only name and hash are kept."""

    task_id: str
    recorded_at: str
    recorded_by: str
    evidence: str
    file: str = ""
    file_sha256: str = ""


def task_id_of(*names: str) -> str:
    """The id of the task that these names stand for, the same in every plan."""
    return digest([name.casefold() for name in names])[:12]


def credential_task(credential: CompromisedCredential, task: str, due: datetime) -> ManualTask:
    """The task about one listed credential; the list's own columns `owner` and `due` count before the defaults."""
    told = {name.strip().casefold(): text.strip() for name, text in credential.context}
    return ManualTask(
        task_id=credential_task_id(credential),
        identity=credential.identity,
        kind=credential.kind.value,
        task=task,
        lines=credential.lines,
        owner=told.get("owner", ""),
        due=_moment(told.get("due", "")) or iso(due),
    )


def told_task(credential: CompromisedCredential) -> str:
    """What is to be done as the list's own column `task` says it, cut where it is very long; empty without one."""
    told = next((text for name, text in credential.context if name.strip().casefold() == "task"), "")
    return told.strip()[:LONGEST_TASK]


def credential_task_id(credential: CompromisedCredential) -> str:
    """The id of the task about one listed credential."""
    return task_id_of(credential.kind.value, credential.identity, credential.key_id, credential.hint)


def _moment(text: str) -> str:
    """A date or time of a list as RFC 3339, UTC where it names no zone; empty for what is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return iso(found if found.tzinfo is not None else found.replace(tzinfo=UTC))
