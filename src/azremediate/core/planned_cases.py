"""What a plan does about each listed credential, so that no row is dropped silently."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from azremediate.core.action import Action
from azremediate.core.change import Change
from azremediate.core.clock import iso
from azremediate.core.credential import CompromisedCredential, CredentialKind
from azremediate.core.manual_task import ManualTask, credential_task, task_id_of, told_task
from azremediate.core.plan import Case, CaseState, LeftOut, Verdict
from azremediate.core.selection import Selection
from azremediate.core.target import Selected, TargetKind

EXTERNAL = "external_action_needed"
"""The kind of a manual task for somebody outside this tenant."""

_TASKS = {
    CredentialKind.CLIENT_SECRET: "add a new secret, hand it to whoever uses it and remove the exposed one",
    CredentialKind.CERTIFICATE: (
        "replace the certificate on the application and its service principal, remove the exposed one by key id or "
        "thumbprint, and have the issuer revoke it"
    ),
    CredentialKind.FEDERATED_CREDENTIAL: (
        "check issuer and subject of the federated credential, and delete it unless both are yours and still trusted"
    ),
    CredentialKind.USER_PASSWORD: "reset the user's password where it is mastered, then revoke the sessions again",
    CredentialKind.SESSION: "revoke the user's sign-in sessions",
    CredentialKind.STORAGE_KEY: "move consumers to the other key, regenerate the exposed key, then move them back",
    CredentialKind.OTHER: "have the owner of the target system revoke the credential and record the evidence",
}


@dataclass(frozen=True, slots=True)
class Planned:
    """What came of planning one action for one selected target."""

    selected: Selected
    action: str
    outcome: Change | LeftOut
    verdicts: tuple[Verdict, ...]


def cases_of(
    selection: Selection, planned: Sequence[Planned], actions: Mapping[str, Action], playbook: str
) -> tuple[Case, ...]:
    """One case for each credential of the list, in the order resolved, unresolved, outside the directory."""
    by_credential: dict[CompromisedCredential, list[Planned]] = {}
    for item in planned:
        for credential in item.selected.credentials:
            by_credential.setdefault(credential, []).append(item)
    resolved = [
        _case(one.credential, one.target.id, by_credential.get(one.credential, ()), actions, playbook)
        for one in selection.resolved
    ]
    unresolved = [
        Case(row.credential, CaseState.UNRESOLVED, "", (), f"{row.why}: {row.reason}") for row in selection.unresolved
    ]
    outside = [Case(one, CaseState.MANUAL, "", (), told_task(one) or _TASKS[one.kind]) for one in selection.outside]
    return (*resolved, *unresolved, *outside)


def _case(
    credential: CompromisedCredential,
    target_id: str,
    planned: Sequence[Planned],
    actions: Mapping[str, Action],
    playbook: str,
) -> Case:
    change_ids = tuple(item.outcome.change_id for item in planned if isinstance(item.outcome, Change))
    closing = [item.outcome for item in planned if credential.kind in actions[item.action].closes]
    if any(isinstance(outcome, Change) for outcome in closing):
        return Case(credential, CaseState.CHANGES, target_id, change_ids, "")
    left_out = [outcome for outcome in closing if isinstance(outcome, LeftOut)]
    for outcome in left_out:
        if not outcome.done:
            return Case(credential, CaseState.LEFT_OUT, target_id, change_ids, outcome.reason)
    if left_out:
        return Case(credential, CaseState.NOTHING_TO_DO, target_id, change_ids, left_out[0].reason)
    reason = f"no step of {playbook} closes it: {_TASKS[credential.kind]}"
    return Case(credential, CaseState.MANUAL, target_id, change_ids, reason)


def manual_tasks_of(cases: Sequence[Case], due: datetime) -> tuple[ManualTask, ...]:
    """What is left to a person until `due`, from the cases that no change closes."""
    return tuple(credential_task(case.credential, case.reason, due) for case in cases if case.state is CaseState.MANUAL)


def external_tasks_of(
    planned: Sequence[Planned], actions: Mapping[str, Action], due: datetime
) -> tuple[ManualTask, ...]:
    """What only another tenant can do: replace the credentials of an application of theirs that is contained here.

    It is contained when an action that is about the identity itself was planned for it.
    """
    found: dict[str, ManualTask] = {}
    for item in planned:
        target = item.selected.target
        if actions[item.action].takes or target.kind is not TargetKind.SERVICE_PRINCIPAL or target.microsoft_owned:
            continue
        if target.owner_tenant_id in ("", target.tenant_id.lower()):
            continue
        lines = sorted({line for credential in item.selected.credentials for line in credential.lines})
        reason = (
            f"the application lives in tenant {target.owner_tenant_id}, where its own credentials are: have its vendor "
            "replace them, or report it to Microsoft if it is malicious; then see that nobody consents to it again"
        )
        identity = target.app_id or target.id
        task_id = task_id_of(EXTERNAL, identity)
        found.setdefault(target.id, ManualTask(task_id, identity, EXTERNAL, reason, tuple(lines), due=iso(due)))
    return tuple(found.values())
