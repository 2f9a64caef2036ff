"""Turns on Microsoft's security defaults, for tenants without Conditional Access."""

from dataclasses import dataclass
from typing import ClassVar

from azremediate.actions._conditional_access import ENABLED, POLICIES
from azremediate.actions._target_check import check_kind, not_planned
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass, new_change
from azremediate.core.credential import CredentialKind
from azremediate.core.errors import FeatureMissing
from azremediate.core.json_value import JsonObject, flag_at, text_at, texts_at
from azremediate.core.observed import Comparison, Precondition, State
from azremediate.core.permission import Needs
from azremediate.core.ports import Read, TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind
from azremediate.core.write import Write

_DEFAULTS = "/policies/identitySecurityDefaultsEnforcementPolicy"
_WARNINGS = (
    "security defaults spare nobody: break-glass accounts, too, have to register a second factor",
    "whoever has none registers at the next sign-in, an attacker who knows a password as well: reset those first",
    "legacy authentication stops at once",
)


@dataclass(frozen=True, slots=True)
class Params:
    """`enable_security_defaults` has no parameters."""


class EnableSecurityDefaults:
    """Turns security defaults on; its inverse turns them off."""

    name: ClassVar = "enable_security_defaults"
    summary: ClassVar = "turn on security defaults where there is no Conditional Access"
    phase: ClassVar = Phase.HARDEN
    undo_class: ClassVar = UndoClass.REVERSIBLE
    risk: ClassVar = Risk.HIGH
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.TENANT,)
    takes: ClassVar[frozenset[CredentialKind]] = frozenset()
    closes: ClassVar[frozenset[CredentialKind]] = frozenset()
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(graph=("Policy.Read.All", "Policy.ReadWrite.SecurityDefaults"))

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: isEnabled, and policies: the names of the Conditional Access policies that are on."""
        try:
            policies = [policy async for page in tenant.pages(Read(POLICIES)) for policy in page]
        except FeatureMissing:
            policies = []
        on = sorted(text_at(policy, "displayName") for policy in policies if text_at(policy, "state") == ENABLED)
        return State({"isEnabled": flag_at(await tenant.get(Read(_DEFAULTS)), "isEnabled") is True, "policies": on})

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """The switch, or why it is not due."""
        if state.facts["isEnabled"]:
            return Skip("security defaults are on already")
        if reason := _refused(state.facts):
            return Skip(reason, done=False)
        return self._switched(target, state, on=True)

    def _switched(self, target: Target, state: State, *, on: bool) -> Change:
        return new_change(
            action=self.name,
            phase=self.phase,
            target=target,
            state=state,
            params={},
            work={"isEnabled": on},
            summary=f"turn security defaults {'on' if on else 'off'}",
            before={"isEnabled": not on},
            after={"isEnabled": on, "baseline": "SCuBA MS.AAD.1.1v1, MS.AAD.3.2v2"} if on else {"isEnabled": on},
            preconditions=(Precondition("/isEnabled", Comparison.EQUALS, not on),),
            undo_class=self.undo_class,
            undo_note=f"undone by turning them {'off' if on else 'on'}",
            risk=self.risk,
            warnings=_WARNINGS if on else (),
        )

    async def apply(self, change: Change, run: Run) -> None:
        """One write, which may be repeated; nothing while a Conditional Access policy is on."""
        check_kind(change, self.targets)
        if {change.target.id, change.target.tenant_id} != {run.tenant.tenant_id}:
            raise not_planned("its target is another tenant")
        wanted = flag_at(change.work, "isEnabled")
        if wanted is None:
            raise not_planned("it does not say whether to turn security defaults on or off")
        if wanted and (reason := _refused((await self.observe(change.target, run.tenant)).facts)):
            raise not_planned(reason)

        async def is_set() -> JsonObject | None:
            state = await self.observe(change.target, run.tenant)
            return {"isEnabled": wanted} if state.facts["isEnabled"] is wanted else None

        await run.write(Write("switch", "PATCH", _DEFAULTS, {"isEnabled": wanted}), is_set)

    def holds(self, change: Change, state: State) -> bool:
        """Security defaults are as they should be."""
        return state.facts["isEnabled"] is flag_at(change.work, "isEnabled")

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """The opposite switch."""
        if not self.holds(change, state):
            return CannotUndo("somebody has changed it since")
        return self._switched(change.target, state, on=not flag_at(change.work, "isEnabled"))


def _refused(facts: JsonObject) -> str:
    """Why security defaults cannot be turned on here; empty when they can."""
    if on := texts_at(facts, "policies"):
        return f"Conditional Access policies are on ({', '.join(on)}), which security defaults cannot be combined with"
    return ""


ACTION: Action = EnableSecurityDefaults()
