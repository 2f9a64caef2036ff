"""Removes exposed client secrets of an application without replacing them."""

from dataclasses import dataclass, field
from typing import ClassVar

from azremediate.actions._reading import read_all
from azremediate.actions._secrets import (
    Remove,
    check_holders,
    holder_facts,
    holder_reads,
    planned_removals,
    remaining,
    removals,
    remove_secret,
)
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass, new_change
from azremediate.core.credential import CredentialKind
from azremediate.core.json_value import texts_at
from azremediate.core.observed import State
from azremediate.core.parameters import parameters_json
from azremediate.core.permission import Needs
from azremediate.core.ports import TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of `remove_app_secret`."""

    remove: Remove = field(
        default=Remove.EXPOSED, metadata={"help": "which secrets are removed: exposed (those listed) or all"}
    )


class RemoveAppSecret:
    """Removes client secrets from the application and from its service principal, and reads back that they are gone."""

    name: ClassVar = "remove_app_secret"
    summary: ClassVar = "remove exposed client secrets without a new one"
    phase: ClassVar = Phase.EVICT
    undo_class: ClassVar = UndoClass.IRREVERSIBLE
    risk: ClassVar = Risk.HIGH
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.APPLICATION, TargetKind.SERVICE_PRINCIPAL)
    takes: ClassVar = frozenset({CredentialKind.CLIENT_SECRET})
    closes: ClassVar = frozenset({CredentialKind.CLIENT_SECRET})
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(graph=("Application.ReadWrite.All",))

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: see `holder_facts`."""
        return State(holder_facts(await read_all(tenant, holder_reads(target))))

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """The removal of every secret that has to go and is there."""
        going = removals(target, state.facts, params.remove)
        if not going:
            what = "client secret" if params.remove is Remove.ALL else "live client secret that is exposed"
            return Skip(f"it has no {what}")
        after = remaining(state.facts, going)
        warnings = () if any(after.values()) else ("it has no client secret left then",)
        return new_change(
            action=self.name,
            phase=self.phase,
            target=target,
            state=state,
            params=parameters_json(params),
            work={"removals": [removal.as_json() for removal in going]},
            summary=f"remove {len(going)} client secret{'s' if len(going) != 1 else ''} without a new one",
            before=remaining(state.facts, ()),
            after=after,
            preconditions=tuple(removal.precondition for removal in going),
            undo_class=self.undo_class,
            undo_note="a removed secret cannot be put back",
            risk=self.risk,
            warnings=warnings,
        )

    async def apply(self, change: Change, run: Run) -> None:
        """One write for each secret."""
        check_holders(change, self.targets, await read_all(run.tenant, holder_reads(change.target)))
        for removal in planned_removals(change.work):
            await remove_secret(run, f"remove-{removal.key_id}", removal)

    def holds(self, change: Change, state: State) -> bool:
        """None of the secrets is there."""
        return all(
            removal.key_id not in texts_at(state.facts, removal.holder.fact)
            for removal in planned_removals(change.work)
        )

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Never: the value is unknown, and exposed."""
        return CannotUndo("an exposed secret is not put back; its value is not known to azremediate")


ACTION: Action = RemoveAppSecret()
