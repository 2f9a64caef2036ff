"""From a playbook and a list to a plan in an open session."""

from azremediate.cli.catalog import actions
from azremediate.cli.due_list import notices
from azremediate.cli.session import Session
from azremediate.core.credential import CredentialList
from azremediate.core.errors import InputInvalid
from azremediate.core.plan import Plan
from azremediate.core.planner import Planning, make_plan
from azremediate.core.playbook import Playbook, Source
from azremediate.core.target import TargetKind


async def plan_playbook(session: Session, playbook: Playbook, given: CredentialList | None) -> Plan:
    """The plan; reads the tenant only."""
    if playbook.needs_credentials and given is None:
        raise InputInvalid(
            f"the playbook {playbook.name} takes its targets from a credential list, and none was given",
            hint="name it with --credentials FILE",
        )
    planning = await planning_for(session, playbook, any_target=_about_identities(playbook))
    return await make_plan(planning, playbook, given)


def _about_identities(playbook: Playbook) -> bool:
    """Whether a step is about listed applications themselves, whatever credential of theirs is named.

    Another tenant's application is then a target although none of its credentials lies in this tenant.
    """
    known = actions()
    listed = [known[step.action] for step in playbook.steps if step.source is Source.CREDENTIALS]
    return any(not action.takes and TargetKind.SERVICE_PRINCIPAL in action.targets for action in listed)


async def planning_for(session: Session, playbook: Playbook, *, any_target: bool = False) -> Planning:
    """What the planner needs; `any_target` resolves identities whether or not they have a credential."""
    return Planning(
        tenant=session.tenant,
        actions=actions(),
        survey=session.survey(any_target=any_target),
        settings=session.config.guards,
        facts=await session.guard_facts(),
        origin=session.origin(playbook),
        listener=session.listener,
        tasks_due_after=session.config.plans.tasks_due_after,
        notices=notices(session.config),
    )
