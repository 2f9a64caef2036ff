"""Who has to do a task and until when, and by which id it is known."""

from dataclasses import replace

import pytest

from azremediate.core.credential import CompromisedCredential, CredentialKind
from azremediate.core.manual_task import LONGEST_TASK, credential_task, told_task
from tests.core.plans import NOW

ROW = CompromisedCredential(CredentialKind.OTHER, "jenkins API token", lines=(3,))
DEFAULT = "2024-04-09T17:00:00.000Z"


@pytest.mark.parametrize(
    ("context", "owner", "due"),
    [
        ((), "", DEFAULT),
        ((("Owner", " Build team "),), "Build team", DEFAULT),
        ((("due", "2024-04-30"),), "", "2024-04-30T00:00:00.000Z"),
        ((("due", "2024-04-30T18:00:00+02:00"), ("owner", "Ana")), "Ana", "2024-04-30T16:00:00.000Z"),
        ((("due", "as soon as possible"),), "", DEFAULT),
    ],
    ids=["none", "owner", "day", "time with zone", "no date"],
)
def test_owner_and_due_come_from_the_list(context: tuple[tuple[str, str], ...], owner: str, due: str) -> None:
    """The list's own columns win; what is no date gives the default instead of a task without end."""
    task = credential_task(replace(ROW, context=context), "have it revoked", NOW)
    assert (task.owner, task.due, task.lines) == (owner, due, (3,))


def test_the_id_stands_for_the_credential() -> None:
    """The same credential is the same task in every plan; another key of the same identity is another one."""
    first = credential_task(ROW, "have it revoked", NOW).task_id
    assert credential_task(replace(ROW, lines=(9,), identity="JENKINS api token"), "else", NOW).task_id == first
    assert credential_task(replace(ROW, key_id="key2"), "have it revoked", NOW).task_id != first


def test_what_is_to_be_done_comes_from_the_list() -> None:
    """In whatever case the column is written, cut where it is very long; without it there is nothing."""
    credential = CompromisedCredential(CredentialKind.OTHER, "x", context=(("Task", f" look {'x' * 5000}"),))
    assert told_task(credential) == f"look {'x' * (LONGEST_TASK - 5)}"
    assert told_task(replace(credential, context=(("owner", "Ana"),))) == ""
