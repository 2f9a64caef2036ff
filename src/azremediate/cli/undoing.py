"""Planning to take back a run, in an open session."""

from hashlib import sha256

from azremediate.cli.planning import planning_for
from azremediate.cli.session import Session
from azremediate.cli.stored_run import StoredRun
from azremediate.core.errors import PlanUnusable
from azremediate.core.plan import Plan
from azremediate.core.playbook import Playbook
from azremediate.core.undoing import PastRun, make_undo_plan
from azremediate.resolve.current_target import current_targets


async def plan_undo(session: Session, run: StoredRun) -> Plan:
    """The plan of inverses; raises `PlanUnusable` when the run changed another tenant than this one."""
    config, origin = session.config, run.plan.origin
    there = (origin.tenant_id.lower(), origin.cloud, origin.environment)
    if there != (config.tenant_id.lower(), config.cloud, config.environment):
        raise PlanUnusable(
            f"run {run.run_id} changed tenant {origin.tenant_id} ({origin.environment}, {origin.cloud} cloud), the "
            f"configuration names {config.tenant_id} ({config.environment}, {config.cloud} cloud)",
            hint="use the configuration with which the run was made",
        )
    content = f"undo {run.run_id} {run.plan.plan_id}".encode()
    playbook = Playbook(f"undo {run.run_id}", "takes back a run", 1, (), sha256(content).hexdigest())
    return await make_undo_plan(
        await planning_for(session, playbook),
        PastRun(
            run_id=run.run_id,
            plan=run.plan,
            results=run.results,
            ended=run.exit_code is not None,
            current=await current_targets(session.tenant, run.plan.changes),
        ),
    )
