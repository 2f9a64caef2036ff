"""The writes of a certificate's rotation: stored first, then registered, proven, and only then the old ones go.

The private key is chosen here, so that nothing can be lost: it lies in the vault before anybody is told of it.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from azremediate.actions._certificates import exposed_certificate_ids, read_keys, replace_keys
from azremediate.actions._secrets import Holder, Removal, holders
from azremediate.actions._target_check import check_work, not_planned
from azremediate.core.change import Change
from azremediate.core.errors import (
    AzremediateError,
    ChangeFailed,
    InputInvalid,
    OutcomeUnresolved,
    PermissionMissing,
    TenantError,
)
from azremediate.core.json_value import JsonObject, objects_at, text_at
from azremediate.core.parameters import parse_duration
from azremediate.core.ports import KeyForm, PublicCertificate, SecretVersion, SignIn
from azremediate.core.run import Run
from azremediate.core.write import StoredSecret

_LONGEST_NAME = 127
"""Of a secret in Azure Key Vault."""

_SKEW = timedelta(minutes=5)
"""A certificate begins so long ago, for clocks that are behind."""


def certificate_name(secret_name: str, suffix: str = "") -> str:
    """The name of a certificate's secret in the vault, beside that of the client secret."""
    ending = f"-certificate{suffix}"
    return secret_name[: _LONGEST_NAME - len(ending)] + ending


@dataclass(frozen=True, slots=True)
class _Issued:
    """A new key pair that lies in the store, and its certificate on the application."""

    stored: StoredSecret
    certificate: PublicCertificate


class CertificateRotation:
    """One rotation; each method may run again after a crash and then finds its writes in the journal.

    Raises `ChangeFailed` when the change's work is not for its target.
    """

    def __init__(self, change: Change, run: Run) -> None:
        self._change = change
        self._run = run
        self._holder = holders(change.target)[0]
        self._app_id = change.target.app_id
        check_work(change, holder=self._holder.kind.value, holder_id=self._holder.id, app_id=self._app_id)
        self._removals = [Removal.from_json(item) for item in objects_at(change.work, "certificates")]
        if any(removal.holder not in holders(change.target) for removal in self._removals):
            raise not_planned("the plan names a certificate of another object than its target")
        self._overlap, self._lifetime, self._form = _read_params(change)
        self._secret_name = run.settings.secrets.name_for(self._app_id)
        self._final = certificate_name(self._secret_name)
        # Chosen here and known before anything is sent; another run of the same change gets another one.
        self._key_id = str(uuid5(NAMESPACE_URL, f"azremediate:{run.run_id}:{change.change_id}"))
        self._tags = {
            "azr-change": change.change_id,
            "azr-keyid": self._key_id,
            "azr-app": self._app_id,
            "azr-use": "certificate",
        }

    async def perform(self, unprovable: str) -> None:
        """Make it; `unprovable` says why signing in cannot prove the new certificate, empty when it can."""
        stored = await self._store_pair()
        issued = await self._register(stored)
        await self._prove(issued, unprovable)
        final = await self._promote(issued)
        self._run.proof.update(vault_secret=final.name, vault_version=final.version, new_key_id=self._key_id)
        await self._run.wait("overlap", self._overlap)
        await self._remove_old()

    # -- a new key pair, stored and registered -----------------------------------------------------------------------

    async def _store_pair(self) -> StoredSecret:
        name = await self._first_name()
        start = self._run.service_now() - _SKEW
        pair = await self._run.keys.make(self._change.tag, start, start + self._lifetime, self._form)
        content_type = self._form.content_type
        return await self._run.store("store", name, pair, self._tags, content_type=content_type)

    async def _first_name(self) -> str:
        """Where an unproven pair goes: consumers read the latest version, so never on top of one that works."""
        versions = await self._run.tenant.secrets.versions(self._final)
        if all(self._own(version) for version in versions):
            return self._final
        return certificate_name(self._secret_name, f"--{self._change.tag}")

    def _own(self, version: SecretVersion) -> bool:
        return version.tags.get("azr-change") == self._change.change_id

    async def _register(self, stored: StoredSecret) -> _Issued:
        """Put the public half of what the vault gives back on the application."""
        try:
            value = await self._run.tenant.secrets.value(stored.name, stored.version)
            certificate = self._run.keys.certificate_of(value)
            new: JsonObject = {
                "keyId": self._key_id,
                "displayName": f"{self._change.tag}-1",
                "type": "AsymmetricX509Cert",
                "usage": "Verify",
                "key": certificate.der,
                "startDateTime": certificate.start,
                "endDateTime": certificate.end,
            }
            await replace_keys(self._run, "register", self._holder, add=new)
        except OutcomeUnresolved:
            raise
        except (TenantError, ChangeFailed) as error:
            raise await self._after("could not be registered", error) from error
        return _Issued(stored, certificate)

    # -- proven ------------------------------------------------------------------------------------------------------

    async def _prove(self, issued: _Issued, unprovable: str) -> None:
        """The directory lists what the vault holds, and it signs in where anybody can; else it is taken back."""
        try:
            unprovable = unprovable or await self._sign_in(issued)
            await self._until_listed(issued)
        except TenantError as error:
            raise await self._after("could not be proven", error) from error
        proof = "read-back" if unprovable else "sign-in"
        self._run.proof.update(signed_in=not unprovable, proof=proof)
        if unprovable:
            self._run.proof["why_not_signed_in"] = unprovable
        await self._run.note("certificate.proven", "success", key_id=self._key_id, proof=proof)

    async def _sign_in(self, issued: _Issued) -> str:
        """Empty when it was accepted, else why nobody can sign in; raises when it was not accepted in time."""
        answer = await self._run.until_signed_in(self._app_id, issued.stored, certificate=True)
        if answer.result is SignIn.ACCEPTED:
            return ""
        if answer.result is SignIn.DISABLED:
            return f"the sign-in service says that the application is disabled ({answer.code})"
        raise TenantError(f"it did not sign in ({answer.code or answer.result.value})", code=answer.code)

    async def _until_listed(self, issued: _Issued) -> None:
        patience = self._run.settings.reconcile
        deadline = self._run.clock.monotonic() + patience.verify.total_seconds()
        while not any(self._is_new(key, issued) for key in await read_keys(self._run, self._holder)):
            if self._run.clock.monotonic() >= deadline:
                raise TenantError("the directory does not list the certificate that lies in the vault")
            await self._run.clock.sleep(patience.poll.total_seconds())

    def _is_new(self, key: JsonObject, issued: _Issued) -> bool:
        return text_at(key, "keyId").lower() == self._key_id and text_at(key, "key") == issued.certificate.der

    async def _after(self, what: str, error: TenantError | ChangeFailed) -> AzremediateError:
        """What to raise after a failure: the new certificate is taken back, unless an old one is gone already."""
        try:
            listed = {text_at(key, "keyId").lower() for key in await read_keys(self._run, self._holder)}
            if await self._an_old_one_is_gone():
                return OutcomeUnresolved(
                    f"the new certificate {what} again ({error.message}); an old one is gone already, so the new one "
                    "stays",
                    hint="run `azremediate resume`, or apply the same plan again",
                )
            if self._key_id in listed:
                await replace_keys(self._run, "discard", self._holder, drop={self._key_id})
        except (TenantError, ChangeFailed) as second:
            return OutcomeUnresolved(
                f"a new certificate {what} ({error.message}) and could not be removed again ({second.message}); its "
                f"key id is {self._key_id}",
                hint="remove that certificate, then plan again",
            )
        self._run.proof["compensated"] = True
        message = f"compensated: a new certificate {what} ({error.message}); it is not on the application"
        if exposed_certificate_ids(self._change.target):
            message += ", and no old one was removed by this"
        if isinstance(error, PermissionMissing):
            return PermissionMissing(
                message, status=error.status, code=error.code, request_id=error.request_id, hint=error.hint
            )
        return ChangeFailed(message, hint=error.hint)

    async def _an_old_one_is_gone(self) -> bool:
        """Whether one that has to go is gone: then the new one may be the only one that works, and stays."""
        for holder in {removal.holder for removal in self._removals}:
            listed = {text_at(key, "keyId") for key in await read_keys(self._run, holder)}
            if any(one.holder == holder and one.key_id not in listed for one in self._removals):
                return True
        return False

    # -- in place of the old -----------------------------------------------------------------------------------------

    async def _promote(self, issued: _Issued) -> StoredSecret:
        """Put the proven pair where its consumers read it."""
        if issued.stored.name == self._final:
            return issued.stored
        try:
            value = await self._run.tenant.secrets.value(issued.stored.name, issued.stored.version)
            content_type = self._form.content_type
            final = await self._run.store("promote", self._final, value, self._tags, content_type=content_type)
        except TenantError as error:
            raise await self._after(f"could not be stored as {self._final}", error) from error
        self._run.proof["vault_staging"] = issued.stored.name
        return final

    async def sweep(self) -> None:
        """Write the list once more where a write that was given up came to its effect after all.

        It may have brought back certificates that this change had removed, or registered a new one that was not proven.
        """
        kept = await self._run.effect_of("register") is not None and await self._run.effect_of("discard") is None
        for holder in holders(self._change.target):
            removed = await self._run.effect_of(f"remove-{holder.kind}") is not None
            drop = {removal.key_id for removal in self._removals if removed and removal.holder == holder}
            if holder == self._holder and not kept:
                drop.add(self._key_id)
            if drop & {text_at(key, "keyId").lower() for key in await read_keys(self._run, holder)}:
                await replace_keys(self._run, f"sweep-{holder.kind}", holder, drop=drop)

    async def _remove_old(self) -> None:
        for holder in holders(self._change.target):
            drop = {removal.key_id for removal in self._removals if removal.holder == holder}
            if holder == self._holder:
                drop |= await self._strays()
            if drop:
                await self._drop(holder, drop)

    async def _strays(self) -> set[str]:
        """What an earlier run of the same change left behind: it carries our tag."""
        found = await read_keys(self._run, self._holder)
        own = [key for key in found if text_at(key, "displayName").startswith(f"{self._change.tag}-")]
        return {text_at(key, "keyId") for key in own} - {self._key_id}

    async def _drop(self, holder: Holder, drop: set[str]) -> None:
        try:
            await replace_keys(self._run, f"remove-{holder.kind}", holder, drop=drop)
        except PermissionMissing:
            raise
        except TenantError as error:
            raise ChangeFailed(
                f"the new certificate works and is stored, but {', '.join(sorted(drop))} could not be removed: "
                f"{error.message}",
                hint="plan and apply again",
            ) from error


def _read_params(change: Change) -> tuple[timedelta, timedelta, KeyForm]:
    """Overlap, lifetime and form; read before the first write, for what cannot be read must not stop one halfway."""
    try:
        overlap = parse_duration(text_at(change.params, "overlap"))
        lifetime = parse_duration(text_at(change.params, "lifetime"))
        form = KeyForm(text_at(change.params, "form"))
    except (InputInvalid, ValueError):
        raise not_planned("its parameters cannot be read") from None
    longest = change.work.get("longest_seconds")
    if isinstance(longest, int | float) and 0 < longest < lifetime.total_seconds():
        lifetime = timedelta(seconds=longest)
    if lifetime <= _SKEW:
        raise not_planned("the new certificate would have expired before it is used")
    return overlap, lifetime, form
