"""Gives a user a new random password that is stored in the vault before it is set."""

from dataclasses import dataclass, field
from typing import ClassVar

from azremediate.actions._account import ADMINISTRATORS, read_account
from azremediate.actions._password import new_password
from azremediate.actions._reading import later, object_path, until_later
from azremediate.actions._target_check import check_kind, not_planned
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass, new_change
from azremediate.core.credential import CredentialKind
from azremediate.core.json_value import Json, JsonObject, text_at
from azremediate.core.observed import State
from azremediate.core.parameters import parameters_json
from azremediate.core.permission import Needs
from azremediate.core.ports import Read, TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind
from azremediate.core.write import Body, Write

_ON_PREMISES = (
    "the password is mastered in Active Directory: reset it there twice with Set-ADAccountPassword -Reset (tickets "
    "that were issued with the old one work until the second reset has replicated), run Start-ADSyncSyncCycle "
    "-PolicyType Delta where Microsoft Entra Connect runs, then run revoke_sessions for the user again"
)
_GUEST = "a guest's password belongs to the home tenant; ask it to reset the password and to revoke the sessions"


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of `reset_password`."""

    force_change: bool = field(
        default=True,
        metadata={"help": "whether the user has to choose another password at the next sign-in; false for a service"},
    )


class ResetPassword:
    """Stores a new random password, sets it, and reads back when the password was last changed."""

    name: ClassVar = "reset_password"
    summary: ClassVar = "give a user a new random password, stored in the vault first"
    phase: ClassVar = Phase.ROTATE
    undo_class: ClassVar = UndoClass.IRREVERSIBLE
    risk: ClassVar = Risk.HIGH
    targets: ClassVar[tuple[TargetKind, ...]] = (TargetKind.USER,)
    takes: ClassVar = frozenset({CredentialKind.USER_PASSWORD, CredentialKind.SESSION})
    closes: ClassVar = frozenset({CredentialKind.USER_PASSWORD})
    limited: ClassVar = False
    params: ClassVar = Params
    needs: ClassVar = Needs(
        graph=("User-PasswordProfile.ReadWrite.All", "User.Read.All"),
        directory_roles=(ADMINISTRATORS,),
        azure_roles=("Key Vault Secrets Officer (the vault of secrets.vault_url)",),
    )

    async def observe(self, target: Target, tenant: TenantReader) -> State:
        """Facts: see `read_account`; lastPasswordChangeDateTime (empty when never set), vault and vaultSecret."""
        facts: dict[str, Json] = {**await read_account(target, tenant)}
        user = await tenant.get(Read(object_path("users", target.id), {"$select": "id,lastPasswordChangeDateTime"}))
        facts["lastPasswordChangeDateTime"] = text_at(user, "lastPasswordChangeDateTime")
        facts |= {"vault": tenant.secrets.vault_url, "vaultSecret": _stored_as(target)}
        return State(facts)

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """Always a reset, except where the password is not this tenant's."""
        facts = state.facts
        if facts["guest"]:
            return Skip(_GUEST, done=False)
        if facts["onPremises"]:
            return Skip(_ON_PREMISES, done=False)
        if not facts["vault"]:
            return Skip("there is nowhere to store a new password: set secrets.vault_url", done=False)
        since = text_at(facts, "lastPasswordChangeDateTime")
        return new_change(
            action=self.name,
            phase=self.phase,
            target=target,
            state=state,
            params=parameters_json(params),
            work={"changed": since},
            summary=f"set a new random password, stored as {_stored_as(target)}",
            before={"lastPasswordChangeDateTime": since or "never set"},
            after={"password": f"in the vault as {_stored_as(target)}", "changeAtNextSignIn": params.force_change},
            preconditions=(),
            undo_class=self.undo_class,
            undo_note="cannot be undone: the old password is not known, and exposed",
            risk=self.risk,
            warnings=_warnings(params),
            always=True,
        )

    async def apply(self, change: Change, run: Run) -> None:
        """Store a password, then set what lies in the store; both may be repeated and end in the same password."""
        check_kind(change, self.targets)
        account = await read_account(change.target, run.tenant)
        if account["onPremises"] or account["guest"]:
            raise not_planned("the password of this account is not mastered in this tenant")
        tags = {"azr-change": change.change_id, "azr-user": change.target.id}
        stored = await run.store("store", _stored_as(change.target), new_password(), tags)
        run.proof.update(vault_secret=stored.name, vault_version=stored.version, password_set=False)
        # A version that was stored by an earlier attempt holds another value than the one just made.
        value = await run.tenant.secrets.value(stored.name, stored.version)
        await until_later(text_at(change.work, "changed"), run.clock)
        forced = change.params.get("force_change") is not False
        body: Body = {"passwordProfile": {"password": value, "forceChangePasswordNextSignIn": forced}}
        path = object_path("users", change.target.id)
        await run.write(Write("reset", "PATCH", path, body, object_id=change.target.id), _never_recognised)
        run.proof["password_set"] = True

    def holds(self, change: Change, state: State) -> bool:
        """The password was changed later than the plan saw."""
        return later(text_at(state.facts, "lastPasswordChangeDateTime"), text_at(change.work, "changed"))

    def undo(self, change: Change, state: State) -> Change | CannotUndo:
        """Never: the old password is unknown, and exposed."""
        return CannotUndo("an exposed password is not put back; its value is not known to azremediate")


async def _never_recognised() -> JsonObject | None:
    """No reading tells our reset from an attacker's change; sending the same password again harms nobody."""
    return None


def _stored_as(target: Target) -> str:
    return f"user-{target.id}"


def _warnings(params: Params) -> tuple[str, ...]:
    sessions = "sessions that do not come from the password go on: revoke_sessions ends them"
    if params.force_change:
        return (sessions,)
    return (sessions, "whoever can read the vault knows the password until it is changed again")


ACTION: Action = ResetPassword()
