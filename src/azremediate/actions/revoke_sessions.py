"""Revokes every sign-in session of a user, so that refresh tokens and session cookies stop working."""

from dataclasses import dataclass, field
from typing import ClassVar

from azremediate.actions._reading import later, object_path, until_later
from azremediate.actions._target_check import check_kind
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass, new_change
from azremediate.core.credential import CredentialKind
from azremediate.core.json_value import JsonObject, flag_at, text_at
from azremediate.core.observed import State
from azremediate.core.parameters import parameters_json
from azremediate.core.permission import Needs
from azremediate.core.ports import Read, TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind
from azremediate.core.write import Write

_SELECT = "id,accountEnabled,userPrincipalName,userType,signInSessionsValidFromDateTime"


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of `revoke_sessions`."""

    again: bool = field(
        default=False,
        metadata={"help": "once more, after what is evicted and rotated: ends sessions that were begun meanwhile"},
    )


class RevokeSessions:
    """Moves the time from which a user's sessions are valid to now."""

    name: ClassVar = "revoke_sessions"
    summary: ClassVar = "revoke every sign-in session of a user"
    phase: ClassVar = Phase.CONTAIN
    undo_class: ClassVar = UndoClass.IRREVERSIBLE
    risk: ClassVar = Risk.LOW
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.USER,)
    takes: ClassVar = frozenset({CredentialKind.SESSION, CredentialKind.USER_PASSWORD})
    closes: ClassVar = frozenset({CredentialKind.SESSION})
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(graph=("User.RevokeSessions.All", "User.Read.All"))

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: accountEnabled, guest, signInSessionsValidFromDateTime (empty when never set)."""
        user = await tenant.get(Read(object_path("users", target.id), {"$select": _SELECT}))
        name = text_at(user, "userPrincipalName")
        return State(
            {
                "accountEnabled": flag_at(user, "accountEnabled"),
                "guest": text_at(user, "userType") == "Guest" or "#EXT#" in name.upper(),
                "signInSessionsValidFromDateTime": text_at(user, "signInSessionsValidFromDateTime"),
            }
        )

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """Always a revocation, except for a guest."""
        if state.facts["guest"]:
            return Skip("a guest's sessions belong to the home tenant; ask it to revoke them", done=False)
        since = text_at(state.facts, "signInSessionsValidFromDateTime")
        return new_change(
            action=self.name,
            # Sessions that were begun between the first revocation and the new password end by a second one.
            phase=Phase.RESTORE if params.again else self.phase,
            target=target,
            state=state,
            params=parameters_json(params),
            work={"valid_from": since},
            summary="revoke every sign-in session once more" if params.again else "revoke every sign-in session",
            before={"signInSessionsValidFromDateTime": since or "never set"},
            after={"sessions": "revoked at the time of the change"},
            preconditions=(),
            undo_class=self.undo_class,
            undo_note="cannot be undone: the user signs in again",
            risk=self.risk,
            warnings=("access tokens that were issued already work until they expire, as a rule 60 to 90 minutes",),
            always=params.again,
        )

    async def apply(self, change: Change, run: Run) -> None:
        """One write, which only ever moves the time later and may be repeated."""
        check_kind(change, self.targets)
        before = text_at(change.work, "valid_from")
        if change.params.get("again") is True:
            seen = await self.observe(change.target, run.tenant)
            before = text_at(seen.facts, "signInSessionsValidFromDateTime")
        await until_later(before, run.clock)

        async def revoked() -> JsonObject | None:
            state = await self.observe(change.target, run.tenant)
            valid_from = text_at(state.facts, "signInSessionsValidFromDateTime")
            return state.facts if later(valid_from, before) else None

        path = f"{object_path('users', change.target.id)}/revokeSignInSessions"
        await run.write(Write("revoke", "POST", path, object_id=change.target.id), revoked)

    def holds(self, change: Change, state: State) -> bool:
        """The sessions are valid from a later time than the plan saw."""
        now = text_at(state.facts, "signInSessionsValidFromDateTime")
        return later(now, text_at(change.work, "valid_from"))

    def moved(self, change: Change, before: JsonObject, state: State) -> bool:
        """A second revocation is later than the first, which the plan could not see."""
        if change.params.get("again") is not True:
            return True
        now = text_at(state.facts, "signInSessionsValidFromDateTime")
        return later(now, text_at(before, "signInSessionsValidFromDateTime"))

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Never: a revoked session is gone."""
        return CannotUndo("a revoked session cannot be given back; the user signs in again")


ACTION: Action = RevokeSessions()
