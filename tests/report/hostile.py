"""A plan and a run in which every text that a tenant or a file can choose is hostile."""

from dataclasses import replace

from azremediate.cli.catalog import actions
from azremediate.core.change import Change, Phase, UndoClass
from azremediate.core.credential import CompromisedCredential, Confidence, CredentialKind, RejectedRow
from azremediate.core.manual_task import ManualTask, Notice
from azremediate.core.plan import Case, CaseState, LeftOut, Plan, PlanInput, UnresolvedRow, Verdict, sealed
from azremediate.core.result import ChangeResult, ChangeStatus
from azremediate.core.target import TargetKind, Unresolvable
from azremediate.report.run_report import AuditState, RunReport
from tests.core.plans import a_change, a_plan, a_target

HOSTILE = "\n::error::x\r\x1b]0;owned\x07\u202egnp.exe\u2066\u200b ##vso[task.complete] ##[group] [red]x[/]"
"""A name that would act on a terminal and on two build servers, and hide or turn what follows."""

CREDENTIAL = CompromisedCredential(CredentialKind.CLIENT_SECRET, HOSTILE, lines=(2, 3), note=HOSTILE)
USER = replace(CREDENTIAL, kind=CredentialKind.USER_PASSWORD, confidence=Confidence.KNOWN, lines=(4,))


def hostile_changes() -> tuple[Change, ...]:
    """A change that can be undone and one that cannot, on one identity."""
    target = replace(
        a_target(1), display_name=HOSTILE, user_principal_name=HOSTILE, application_id=a_target(2).id, app_id="app-1"
    )
    contain = replace(
        a_change(1, target=target),
        summary=HOSTILE,
        before={"name": HOSTILE, "keys": [HOSTILE, "kept"], HOSTILE: 1},
        after={"name": "plain", "keys": ["kept", {"keyId": HOSTILE, "displayName": HOSTILE}], HOSTILE: 2},
        warnings=(HOSTILE,),
        evidence=(HOSTILE,),
        undo_note=HOSTILE,
    )
    application = replace(target, kind=TargetKind.APPLICATION, id=a_target(2).id)
    rotate = a_change(2, target=application, action="rotate_app_secret", phase=Phase.ROTATE)
    rotate = replace(rotate, undo_class=UndoClass.IRREVERSIBLE, depends_on=(contain.change_id,))
    return contain, rotate


def hostile_plan(*, applicable: bool = False) -> Plan:
    """A plan with something in every list, all of it hostile."""
    changes = hostile_changes()
    plain = a_plan(*changes)
    left = LeftOut("revoke_sessions", replace(a_target(3), display_name=HOSTILE), HOSTILE, done=False)
    return sealed(
        replace(
            plain,
            origin=replace(plain.origin, tenant_name=HOSTILE, tenant_domain=HOSTILE, playbook=HOSTILE),
            input=PlanInput(HOSTILE, "0" * 64, 5, 3, 1, (RejectedRow(7, HOSTILE),)),
            applicable=applicable,
            skips=(left, replace(left, done=True)),
            refused=(left,),
            unresolved=(
                UnresolvedRow((9,), "client-secret", HOSTILE, Unresolvable.AMBIGUOUS, HOSTILE, (HOSTILE, "b")),
            ),
            cases=(
                Case(CREDENTIAL, CaseState.CHANGES, "t", tuple(change.change_id for change in changes), ""),
                Case(USER, CaseState.MANUAL, "u", (), HOSTILE),
                Case(USER, CaseState.UNRESOLVED, "", (), HOSTILE),
                Case(USER, CaseState.LEFT_OUT, "", (), HOSTILE),
                Case(USER, CaseState.NOTHING_TO_DO, "", (), HOSTILE),
            ),
            manual_tasks=(
                ManualTask("t" * 12, HOSTILE, "user-password", HOSTILE, (4,), HOSTILE, HOSTILE),
                ManualTask("n" * 12, HOSTILE, "owner-notice", HOSTILE, (), notice=Notice((HOSTILE,), HOSTILE, HOSTILE)),
            ),
            guards=(
                Verdict("max-changes", passed=False, reason=HOSTILE),
                Verdict("protected", passed=False, reason=HOSTILE, target_id="x", action="revoke_sessions"),
                Verdict("own-identity", passed=True, reason="3 targets passed"),
            ),
            warnings=(HOSTILE,),
        )
    )


def hostile_report(status: ChangeStatus = ChangeStatus.VERIFIED) -> RunReport:
    """A run of that plan in which the second change ended in `status`."""
    plan = hostile_plan()
    first, second = plan.changes
    done = ChangeResult(
        first.change_id,
        ChangeStatus.VERIFIED,
        HOSTILE,
        before={"name": HOSTILE},
        after={"name": "plain"},
        proof={HOSTILE: HOSTILE},
        request_ids=(HOSTILE,),
        ended_at="2024-04-09T17:02:11.250Z",
    )
    other = ChangeResult(second.change_id, status, HOSTILE, ended_at="2024-04-09T17:05:00.000Z")
    return RunReport(
        run_id="R-20240409-170211-1a2b",
        plan=plan,
        results={first.change_id: done, second.change_id: other},
        actions=actions(),
        started_at="2024-04-09T17:02:00.000Z",
        ended_at=HOSTILE,
        exit_code=0,
        audit=AuditState(HOSTILE, 12, HOSTILE),
    )
