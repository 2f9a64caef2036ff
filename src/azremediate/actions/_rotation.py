"""The writes of a rotation: a new secret is added, stored and proven before an exposed one is removed."""

from dataclasses import dataclass
from datetime import timedelta

from azremediate.actions._secrets import Removal, holders, planned_removals, read_secrets, remove_secret
from azremediate.actions._stray_secrets import ATTEMPTS, stray_secrets
from azremediate.actions._target_check import check_work, not_planned
from azremediate.actions._vault_name import usable_name
from azremediate.core.change import Change
from azremediate.core.clock import iso
from azremediate.core.errors import ChangeFailed, InputInvalid, OutcomeUnresolved, PermissionMissing, TenantError
from azremediate.core.json_value import JsonObject, text_at
from azremediate.core.parameters import parse_duration
from azremediate.core.ports import SignIn
from azremediate.core.run import Recognise, Run, SecretLost
from azremediate.core.write import StoredSecret, Write


@dataclass(frozen=True, slots=True)
class _Issued:
    """A new secret that is on the application and in the store."""

    attempt: int
    key_id: str
    stored: StoredSecret
    tags: dict[str, str]


class Rotation:
    """One rotation; each method may run again after a crash and then finds its writes in the journal.

    Raises `ChangeFailed` when the change's work is not for its target: both the secret's holder and the name under
    which the new one is stored follow from the target alone.
    """

    def __init__(self, change: Change, run: Run) -> None:
        self._change = change
        self._run = run
        self._holder = holders(change.target)[0]
        self._app_id = change.target.app_id
        check_work(change, holder=self._holder.kind.value, holder_id=self._holder.id, app_id=self._app_id)
        self._removals = planned_removals(change.work)
        self._overlap = _overlap(change)
        self._evict_first = change.params.get("order") == "evict-first"
        self._final = run.settings.secrets.name_for(self._app_id)

    async def _exposed_now(self) -> str:
        """What a person has to know when no new secret came of it, by a fresh reading."""
        if self._evict_first:
            return "the exposed secrets were removed first, so the application has no secret of this change"
        try:
            left = await self._left()
        except TenantError as error:
            return f"whether the exposed secrets are still in place could not be read ({error.message})"
        if not left:
            return "none of the exposed secrets is in place any more, so the application has no secret of this change"
        some = "" if len(left) == len(self._removals) else f"{len(left)} of {len(self._removals)} of "
        return f"{some}the exposed secrets are still in place"

    async def _left(self) -> list[Removal]:
        """The exposed secrets that the directory still lists."""
        there = {
            (holder, secret["keyId"])
            for holder in {removal.holder for removal in self._removals}
            for secret in await read_secrets(self._run, holder)
        }
        return [removal for removal in self._removals if (removal.holder, removal.key_id) in there]

    async def perform(self, unprovable: str) -> None:
        """Make it; `unprovable` says why signing in cannot prove the new secret, empty when it can."""
        if self._evict_first:
            await self._remove_exposed("no new secret was made yet")
        issued = await self._issue()
        await self._prove(issued, unprovable)
        stored = await self._promote(issued)
        self._run.proof.update(vault_secret=stored.name, vault_version=stored.version, new_key_id=issued.key_id)
        await self._run.wait("overlap", self._overlap)
        await self._remove_old()

    # -- a new secret, stored ----------------------------------------------------------------------------------------

    async def _issue(self) -> _Issued:
        name = await usable_name(self._change, self._run, self._final, self._exposed_now)
        for attempt in range(1, ATTEMPTS + 1):
            display_name = f"{self._change.tag}-{attempt}"
            receipt = await self._run.write(self._addition(attempt, display_name), self._recogniser(display_name))
            key_id = text_at(receipt.facts, "keyId")
            tags = {
                "azr-change": self._change.change_id,
                "azr-keyid": key_id,
                "azr-app": self._app_id,
                "azr-attempt": str(attempt),
            }
            try:
                stored = await self._run.store(f"store-{attempt}", name, receipt.secret, tags)
            except SecretLost:
                await self._throw_away(attempt, key_id)
            except TenantError as error:
                raise await self._taken_back(attempt, key_id, "could not be stored", error) from error
            else:
                return _Issued(attempt, key_id, stored, tags)
        raise ChangeFailed(
            f"{ATTEMPTS} new secrets in a row were lost before they were stored; each was removed again; "
            f"{await self._exposed_now()}"
        )

    async def _throw_away(self, attempt: int, key_id: str) -> None:
        """Remove a new secret whose value nobody has.

        While it is there the change is not over: a failure would be final, and the stray would stay for ever.
        """
        try:
            await remove_secret(self._run, f"discard-{attempt}", Removal(self._holder, key_id))
        except TenantError as error:
            raise OutcomeUnresolved(
                f"the value of a new secret was lost before it was stored, and it could not be removed again "
                f"({error.message}); its key id is {key_id} and nobody has it; {await self._exposed_now()}",
                hint="apply the same plan again: it removes that secret first",
            ) from error

    def _addition(self, attempt: int, display_name: str) -> Write:
        lifetime = self._run.settings.secrets.lifetime
        longest = self._change.work.get("longest_seconds")
        if isinstance(longest, int | float) and 0 < longest < lifetime.total_seconds():
            lifetime = timedelta(seconds=longest)
        end = iso(self._run.service_now() + lifetime)
        return Write(
            step=f"add-{attempt}",
            method="POST",
            path=f"{self._holder.path}/addPassword",
            body={"passwordCredential": {"displayName": display_name, "endDateTime": end}},
            object_id=self._holder.id,
            reveals="secretText",
            expects=("keyId",),
        )

    def _recogniser(self, display_name: str) -> Recognise:
        async def added() -> JsonObject | None:
            for secret in await read_secrets(self._run, self._holder):
                if secret["displayName"] == display_name:
                    return {"keyId": secret["keyId"]}
            return None

        return added

    # -- proven ------------------------------------------------------------------------------------------------------

    async def _prove(self, issued: _Issued, unprovable: str) -> None:
        """Sign in with the stored secret, or read it back where nobody can sign in; else take it back."""
        try:
            unprovable = unprovable or await self._sign_in(issued)
            if unprovable:
                await self._run.tenant.secrets.value(issued.stored.name, issued.stored.version)
            await self._until_listed(issued.key_id)
        except TenantError as error:
            if await self._an_old_one_is_gone():
                raise OutcomeUnresolved(
                    f"the new secret could not be proven again ({error.message}); an exposed one is gone already, "
                    "so the new one stays",
                    hint="run `azremediate resume`, or apply the same plan again",
                ) from error
            raise await self._taken_back(issued.attempt, issued.key_id, "could not be proven", error) from error
        self._run.proof.update(signed_in=not unprovable, proof="read-back" if unprovable else "sign-in")
        if unprovable:
            self._run.proof["why_not_signed_in"] = unprovable
        await self._run.note(
            "secret.proven", "success", key_id=issued.key_id, proof="read-back" if unprovable else "sign-in"
        )

    async def _an_old_one_is_gone(self) -> bool:
        """Whether a secret that has to go is gone: then the new one may be the only one that works, and stays.

        What cannot be read counts as gone.
        """
        try:
            for holder in {removal.holder for removal in self._removals}:
                listed = {text_at(secret, "keyId") for secret in await read_secrets(self._run, holder)}
                if any(one.holder == holder and one.key_id not in listed for one in self._removals):
                    return True
        except TenantError:
            return True
        return False

    async def _sign_in(self, issued: _Issued) -> str:
        """Empty when the secret was accepted, else why nobody can sign in; raises when it was not accepted in time."""
        answer = await self._run.until_signed_in(self._app_id, issued.stored)
        if answer.result is SignIn.ACCEPTED:
            return ""
        if answer.result is SignIn.DISABLED:
            return f"the sign-in service says that the application is disabled ({answer.code})"
        raise TenantError(f"it did not sign in ({answer.code or answer.result.value})", code=answer.code)

    async def _until_listed(self, key_id: str) -> None:
        """Wait until the directory shows the new secret: reads lag behind, and nothing is removed on a guess."""
        patience = self._run.settings.reconcile
        deadline = self._run.clock.monotonic() + patience.verify.total_seconds()
        while key_id not in {secret["keyId"] for secret in await read_secrets(self._run, self._holder)}:
            if self._run.clock.monotonic() >= deadline:
                raise TenantError("the directory does not list it")
            await self._run.clock.sleep(patience.poll.total_seconds())

    async def _taken_back(self, attempt: int, key_id: str, what: str, error: TenantError) -> ChangeFailed | TenantError:
        """Remove the new secret again, and return what to raise."""
        try:
            await remove_secret(self._run, f"discard-{attempt}", Removal(self._holder, key_id))
        except TenantError as second:
            return OutcomeUnresolved(
                f"a new secret {what} ({error.message}) and could not be removed again ({second.message}); its key id "
                f"is {key_id} and nobody uses it; {await self._exposed_now()}",
                hint="remove that secret, then plan again",
            )
        self._run.proof["compensated"] = True
        message = (
            f"compensated: a new secret {what} ({error.message}); it was removed again; {await self._exposed_now()}"
        )
        if isinstance(error, PermissionMissing):
            return PermissionMissing(
                message, status=error.status, code=error.code, request_id=error.request_id, hint=error.hint
            )
        return ChangeFailed(message, hint=error.hint)

    # -- in place of the old -----------------------------------------------------------------------------------------

    async def _promote(self, issued: _Issued) -> StoredSecret:
        """Put the proven secret where its consumers read it."""
        if issued.stored.name == self._final:
            return issued.stored
        try:
            value = await self._run.tenant.secrets.value(issued.stored.name, issued.stored.version)
            stored = await self._run.store("promote", self._final, value, issued.tags)
        except TenantError as error:
            raise await self._taken_back(
                issued.attempt, issued.key_id, f"could not be stored as {self._final}", error
            ) from error
        self._run.proof["vault_staging"] = issued.stored.name
        return stored

    async def _remove_old(self) -> None:
        await self._remove_exposed("the new secret works and is stored")
        await self.sweep(spare_stored=False)

    async def sweep(self, *, spare_stored: bool = True) -> None:
        """Remove what `stray_secrets` finds."""
        found = await stray_secrets(self._change, self._run, self._holder, self._final, spare_stored=spare_stored)
        for stray in found:
            await self._remove(f"discard-{stray.key_id}", stray)

    async def _remove_exposed(self, so_far: str) -> None:
        for removal in self._removals:
            await self._remove(f"remove-{removal.key_id}", removal, so_far)

    async def _remove(self, step: str, removal: Removal, so_far: str = "the new secret works and is stored") -> None:
        try:
            await remove_secret(self._run, step, removal)
        except PermissionMissing:
            raise
        except TenantError as error:
            raise ChangeFailed(
                f"{so_far}, but the old one with key id {removal.key_id} could not be removed: {error.message}",
                hint="plan and apply again",
            ) from error


def _overlap(change: Change) -> timedelta:
    """How long both secrets work; read before the first write, for what cannot be read must not stop one halfway."""
    try:
        return parse_duration(text_at(change.params, "overlap"))
    except InputInvalid as error:
        raise not_planned(f"overlap: {error.message}") from None
