"""Plans, targets and changes for tests, small and complete."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from azremediate.core.change import Change, Phase, Risk, UndoClass, new_change
from azremediate.core.cloud import Cloud, Environment
from azremediate.core.observed import Comparison, Precondition, State
from azremediate.core.plan import SCHEMA, Plan, PlanOrigin, sealed
from azremediate.core.target import Target, TargetKind

TENANT_ID = "11111111-2222-4333-8444-555555555555"
NOW = datetime(2024, 4, 9, 17, 0, tzinfo=UTC)


def a_target(number: int = 1, kind: TargetKind = TargetKind.SERVICE_PRINCIPAL, **values: str) -> Target:
    """A service principal (or another kind) with its own ids for each number."""
    target = Target(
        tenant_id=TENANT_ID,
        kind=kind,
        id=f"aaaaaaaa-0000-4000-8000-{number:012d}",
        display_name=f"payroll-{number}",
        app_id=f"bbbbbbbb-0000-4000-8000-{number:012d}",
    )
    return replace(target, **values)  # type: ignore[arg-type]  # the fields that tests set are texts


def a_change(
    number: int = 1,
    *,
    target: Target | None = None,
    action: str = "disable_service_principal",
    phase: Phase = Phase.CONTAIN,
    depends_on: tuple[str, ...] = (),
) -> Change:
    """A change that sets `accountEnabled` to false."""
    change = new_change(
        action=action,
        phase=phase,
        target=target or a_target(number),
        state=State({"accountEnabled": True}),
        params={},
        work={},
        summary="disable sign-in",
        before={"accountEnabled": True},
        after={"accountEnabled": False},
        preconditions=(Precondition("/accountEnabled", Comparison.EQUALS, True),),
        undo_class=UndoClass.REVERSIBLE,
        undo_note="enable it again",
        risk=Risk.LOW,
    )
    return replace(change, depends_on=depends_on)


def an_origin() -> PlanOrigin:
    """A plan made at `NOW` in a lab, valid for four hours."""
    return PlanOrigin(
        tenant_id=TENANT_ID,
        tenant_name="Contoso",
        tenant_domain="contoso.onmicrosoft.com",
        cloud=Cloud.CUSTOM,
        environment=Environment.LAB,
        playbook="respond",
        playbook_version=1,
        playbook_sha256="0" * 64,
        config_sha256="1" * 64,
        planner_app_id="cccccccc-0000-4000-8000-000000000001",
        planner_object_id="cccccccc-0000-4000-8000-000000000002",
        tool_version="0.1.0",
        created_at=NOW,
        expires_at=NOW + timedelta(hours=4),
    )


def a_plan(*changes: Change) -> Plan:
    """A plan of these changes, sealed."""
    return sealed(
        Plan(
            schema=SCHEMA,
            plan_id="",
            origin=an_origin(),
            input=None,
            applicable=True,
            changes=changes,
            skips=(),
            refused=(),
            unresolved=(),
            cases=(),
            manual_tasks=(),
            guards=(),
            warnings=(),
        )
    )
