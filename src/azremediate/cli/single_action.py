"""One action on one object: the same plan, guards, journal and audit as a playbook, for a responder in a hurry."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path

from azremediate.cli.applying import apply_and_tell
from azremediate.cli.catalog import actions
from azremediate.cli.consent import Consent
from azremediate.cli.output import Output
from azremediate.cli.plan_file import write_plan
from azremediate.cli.planning import planning_for
from azremediate.cli.session import Session
from azremediate.core.credential import Confidence, CredentialKind, CredentialList
from azremediate.core.errors import InputInvalid, TargetUnusable
from azremediate.core.exit_code import ExitCode
from azremediate.core.json_value import Json, canonical
from azremediate.core.parameters import parse_parameters
from azremediate.core.plan import Plan
from azremediate.core.planner import Planning, make_plan
from azremediate.core.playbook import Playbook, Source, Step
from azremediate.core.target import Resolved, TargetKind, Unresolvable, Unresolved
from azremediate.intake.credential_row import CheckedRow, check_row
from azremediate.intake.credential_rows import RawRow
from azremediate.report.plan_text import plan_text

_LONGEST_TARGET = 1024
_TELLING = (
    Unresolvable.AMBIGUOUS,
    Unresolvable.OTHER_TENANT,
    Unresolvable.MICROSOFT_OWNED,
    Unresolvable.NOT_LOOKED,
    Unresolvable.NOT_FOUND,
    Unresolvable.WRONG_KIND,
)


@dataclass(frozen=True, slots=True)
class Order:
    """What a responder asked for; `parameters` are checked against the action."""

    action: str
    target: str
    parameters: dict[str, Json]
    key_id: str
    hint: str

    @classmethod
    def parse(cls, action: str, target: str, parameters: Sequence[str], *, key_id: str, hint: str) -> "Order":
        """From the words of the command line; raises `InputInvalid` naming what is wrong."""
        known = actions()
        if action not in known:
            close = get_close_matches(action.replace("-", "_"), known, n=1)
            remedy = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
            raise InputInvalid(f"there is no action {action!r}", hint=remedy)
        given: dict[str, Json] = {}
        for item in parameters:
            key, equals, value = item.partition("=")
            if not equals:
                raise InputInvalid(f"--with {item!r} has no value", hint="write --with key=value")
            given[key] = value
        parse_parameters(known[action].params, given, action)
        if not target.strip():
            raise InputInvalid("TARGET is empty", hint="name one object by its id, user principal name or unique name")
        if len(target) > _LONGEST_TARGET:
            raise InputInvalid(f"TARGET has {len(target)} characters, at most {_LONGEST_TARGET} are taken")
        if len(hint) > 3:
            raise InputInvalid("--hint takes the first three characters only", hint="never type a secret into a shell")
        order = cls(action, target, given, key_id, hint)
        if reasons := order._checked(order.kinds[0]).reasons:
            raise InputInvalid(f"TARGET, --key-id or --hint cannot be used: {'; '.join(reasons)}")
        return order

    @property
    def playbook(self) -> Playbook:
        """A playbook of this one step."""
        kinds = actions()[self.action].targets
        source = Source.TENANT if TargetKind.TENANT in kinds else Source.CREDENTIALS
        step = Step(self.action, source, parameters=self.parameters)
        content = canonical({"action": self.action, "target": self.target, "with": self.parameters})
        return Playbook(f"run {self.action}", "one action on one object", 1, (step,), sha256(content).hexdigest())

    def credentials(self, kind: CredentialKind) -> CredentialList:
        """A list of one row of this kind that names the target."""
        row = self._checked(kind).credential
        rows = (row,) if row is not None else ()
        return CredentialList("command line", sha256(self.target.encode()).hexdigest(), 1, rows, 0, ())

    @property
    def kinds(self) -> tuple[CredentialKind, ...]:
        """The kinds of row that could name the target: one, or two for an action on users and applications alike."""
        action = actions()[self.action]
        of_user = TargetKind.USER in action.targets
        of_application = bool({TargetKind.APPLICATION, TargetKind.SERVICE_PRINCIPAL} & set(action.targets))
        wanted = [CredentialKind.SESSION] * of_user + [CredentialKind.CLIENT_SECRET] * (of_application or not of_user)
        taken = tuple(kind for kind in wanted if not action.takes or kind in action.takes)
        return taken or (sorted(action.takes)[0],)

    def _checked(self, kind: CredentialKind) -> CheckedRow:
        """The row as a file's row is checked: no secret and no character that hides gets into a plan."""
        cells = {"kind": kind.value, "identity": self.target, "key_id": self.key_id, "hint": self.hint}
        return check_row(RawRow(1, {**cells, "confidence": Confidence.KNOWN.value, "source": "command line"}))


async def carry_out(
    session: Session,
    order: Order,
    consent: Consent | None,
    shown: Output,
    output: Path | None = None,
    *,
    wait: float = 0.0,
) -> int:
    """Plan the one change, show it and, with consent, apply it; the exit code.

    output: takes the plan instead. wait: seconds for which another run is waited for.
    """
    _check_tenant(session, order)
    plan = await _plan(session, order)
    if plan.unresolved:
        row = plan.unresolved[0]
        raise TargetUnusable(
            f"{order.target}: {row.reason}",
            hint="; ".join(row.candidates) or "check the id, or look for it in the Entra admin center",
        )
    if plan.refused or not plan.applicable:
        shown.data(plan)
        shown.text(plan_text(plan, plan_file=None, width=shown.name_width))
        return ExitCode.REFUSED
    if consent is None or not plan.changes:
        shown.data(plan)
        shown.text(plan_text(plan, plan_file=None, width=shown.name_width))
        if output is not None:
            write_plan(output, plan)
        if plan.changes:
            shown.note(_how_to_go_on(shown, output))
        return ExitCode.DONE
    if consent.yes:
        shown.note(plan_text(plan, plan_file=None, width=shown.name_width))
    return await apply_and_tell(session, plan, consent, shown, operation="run", wait=wait)


def _how_to_go_on(shown: Output, output: Path | None) -> str:
    if output is not None:
        return f"nothing was written to the tenant\nNext:  {shown.command('apply', str(output))}"
    return "nothing was written; add --apply to make this change"


def _check_tenant(session: Session, order: Order) -> None:
    """An action on the whole tenant names the tenant, so that nobody changes the wrong one."""
    if TargetKind.TENANT not in actions()[order.action].targets:
        return
    profile = session.profile
    names = (session.config.tenant_id, profile.domain, profile.initial_domain)
    if order.target.casefold() not in {name.casefold() for name in names if name}:
        raise TargetUnusable(
            f"{order.action} changes the whole tenant, and {order.target} does not name it",
            hint=f"write {profile.domain} or {session.config.tenant_id} as TARGET",
        )


async def _plan(session: Session, order: Order) -> Plan:
    playbook = order.playbook
    planning = await planning_for(session, playbook, any_target=True)
    given = order.credentials(await _kind(planning, order)) if playbook.needs_credentials else None
    return await make_plan(planning, playbook, given)


async def _kind(planning: Planning, order: Order) -> CredentialKind:
    """Whether the target is a user or an application, where the action takes both."""
    kinds = order.kinds
    if len(kinds) == 1:
        return kinds[0]
    rows = [row for kind in kinds for row in order.credentials(kind).credentials]
    found = await planning.survey.resolver.resolve(rows)
    resolved = [item for item in found if isinstance(item, Resolved)]
    if len(resolved) > 1:
        raise TargetUnusable(
            f"{order.target}: a user and an application have this name",
            hint="; ".join(f"{item.target.kind} {item.target.id}" for item in resolved),
        )
    # What is no user may still be an ambiguous application: the more telling refusal is shown.
    refused = sorted(
        (item for item in found if isinstance(item, Unresolved)), key=lambda item: _TELLING.index(item.why)
    )
    return (resolved or refused)[0].credential.kind
