"""Tokens for the tool's own identity: one request at a time for each scope, however many callers wait."""

import asyncio
import base64
import binascii
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError, ServiceRequestError

from azremediate.core.clock import Clock
from azremediate.core.errors import ConfigInvalid, SignInFailed
from azremediate.core.json_value import Json, JsonObject
from azremediate.tenant.session import never_connected, why_unsent
from azremediate.tenant.sign_in_errors import PASSING, code_in, sign_in_failed

_MARGIN: Final = 300.0
_TRIES: Final = 3
_LONGEST_CLAIMS: Final = 4000


class Credential(Protocol):
    """What azure-identity's credentials have in common."""

    async def get_token(self, *scopes: str, claims: str | None = None) -> AccessToken:
        """A token for the scopes; claims: JSON that a service's challenge asks for, past every cache."""
        ...

    async def close(self) -> None:
        """Free what the credential holds."""
        ...


@dataclass(slots=True)
class _Held:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    token: AccessToken | None = field(default=None, repr=False)
    until: float = 0.0
    generation: int = 0


class TokenSource:
    """Hands out tokens and keeps them until five minutes before they end.

    make: makes a credential; called again for a forced renewal, because credentials have caches of their own.
    """

    def __init__(self, make: Callable[[], Credential], tenant_id: str, login: str, clock: Clock, fallback: str) -> None:
        self._make = make
        self._credential: Credential | None = None
        self._retired: list[Credential] = []
        self._tenant_id = tenant_id
        self._host = urlsplit(login).netloc
        self._clock = clock
        self._fallback = fallback
        self._held: dict[str, _Held] = {}

    async def token(self, scope: str) -> AccessToken:
        """A token that is good for a while; raises `SignInFailed`."""
        held = self._held.setdefault(scope, _Held())
        async with held.lock:
            if held.token is None or self._clock.monotonic() >= held.until:
                self._keep(held, await self._request(scope))
            return self._present(held)

    def generation(self, scope: str) -> int:
        """Which token of a scope is in use; give it to `renew` after that token was refused."""
        return self._held.setdefault(scope, _Held()).generation

    async def renew(self, scope: str, refused: int, claims: str = "") -> None:
        """Get a new token because one was refused; nothing is done when somebody else did it meanwhile.

        claims: what the refusal asks the new one to have, empty when it asks for nothing.
        """
        held = self._held.setdefault(scope, _Held())
        async with held.lock:
            if held.generation == refused:
                if self._credential is not None:
                    # closed at the end only: another scope's request may be using it right now
                    self._retired.append(self._credential)
                    self._credential = None
                self._keep(held, await self._request(scope, claims))

    def limited_to(self, scope: str) -> "ScopedTokens":
        """These tokens as an Azure credential that gives one scope's only."""
        return ScopedTokens(self, scope, self._tenant_id)

    async def close(self) -> None:
        """Free every credential that was made."""
        retired, self._retired = self._retired, []
        credential, self._credential = self._credential, None
        for used in [*retired, *([credential] if credential else [])]:
            await used.close()

    def _keep(self, held: _Held, token: AccessToken) -> None:
        self._check_tenant(token)
        # azure-identity counts in the system's time; only the remaining duration is taken over
        lifetime = token.expires_on - time.time()
        held.token = token
        held.until = self._clock.monotonic() + max(lifetime - _MARGIN, lifetime / 2, 1.0)
        held.generation += 1

    def _present(self, held: _Held) -> AccessToken:
        if held.token is None:
            raise SignInFailed("no token was given", hint=self._fallback)
        return held.token

    def _check_tenant(self, token: AccessToken) -> None:
        tenant = claims_of(token.token).get("tid")
        if isinstance(tenant, str) and tenant.casefold() != self._tenant_id.casefold():
            raise SignInFailed(
                "the tool is signed in to another tenant than the configured one",
                hint="check tenant_id and auth.method",
            )

    async def _request(self, scope: str, claims: str = "") -> AccessToken:
        for attempt in range(1, _TRIES + 1):
            token, failure, passing = await self._try(scope, claims)
            if token is not None:
                return token
            if not passing or attempt == _TRIES:
                raise failure
            await self._clock.sleep(0.5 * attempt)
        raise SignInFailed("no token was given", hint=self._fallback)

    async def _try(self, scope: str, claims: str) -> tuple[AccessToken | None, SignInFailed, bool]:
        """One request: the token or what went wrong, and whether another try may help.

        The failure is returned, not raised: Azure's errors hold the request with its secret and must not be in its
        context.
        """
        try:
            if self._credential is None:
                self._credential = self._make()
            asked = {"claims": claims} if claims else {}
            return await self._credential.get_token(scope, **asked), SignInFailed(""), False
        except (ClientAuthenticationError, HttpResponseError) as error:
            code, status = code_in(error.message), getattr(error, "status_code", None)
            failure = sign_in_failed(code, self._host, status=status, fallback=self._fallback)
            return None, failure, code in PASSING or (status or 0) >= 500
        except ConfigInvalid as error:
            return None, SignInFailed(error.message, hint=error.hint), False
        except ServiceRequestError as error:
            return None, self._unreachable(error.inner_exception), True
        except AzureError as error:
            if never_connected(error.inner_exception):
                return None, self._unreachable(error.inner_exception), True
        except (ValueError, OSError):
            pass  # said below, without the error's words
        failure = SignInFailed(f"signing in at {self._host} failed without a usable answer", hint=self._fallback)
        return None, failure, False

    def _unreachable(self, error: BaseException | None) -> SignInFailed:
        return SignInFailed(
            f"the sign-in service at {self._host} cannot be reached: {why_unsent(error)}",
            hint="check the network, the proxy and the configured cloud",
        )


class ScopedTokens:
    """An Azure credential that gives tokens for one scope, whatever a server's challenge asks for."""

    def __init__(self, source: TokenSource, scope: str, tenant_id: str) -> None:
        self._source = source
        self._scope = scope
        self._tenant_id = tenant_id

    async def get_token(
        self, *scopes: str, tenant_id: str | None = None, claims: str | None = None, **_: Any
    ) -> AccessToken:
        """A token; raises `SignInFailed` for another scope or tenant than this credential is for.

        claims: what a service's challenge of continuous access evaluation asks a new token to have.
        """
        if scopes != (self._scope,) or (tenant_id or self._tenant_id).casefold() != self._tenant_id.casefold():
            raise SignInFailed(
                "a service asked for a token of another service or tenant; it was not given",
                hint="check that the configured vault belongs to the configured tenant and cloud",
            )
        if claims:
            await self._source.renew(self._scope, self._source.generation(self._scope), claims[:_LONGEST_CLAIMS])
        return await self._source.token(self._scope)

    async def close(self) -> None:
        """Nothing: the source is closed by its owner."""

    async def __aenter__(self) -> "ScopedTokens":
        return self

    async def __aexit__(self, *_: object) -> None:
        return None


def claims_of(token: str) -> JsonObject:
    """A token's claims, read without any check; empty when it has none that can be read. Not for deciding trust."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def own_claims_of(token: str) -> JsonObject:
    """What a token says about the tool's own identity: tid, appid, oid, idtyp, upn (texts) and roles (a list)."""
    claims = claims_of(token)
    own: dict[str, Json] = {name: _text(claims.get(name)) for name in ("tid", "appid", "oid", "idtyp", "upn")}
    roles = claims.get("roles")
    own["roles"] = [role for role in roles if isinstance(role, str)] if isinstance(roles, list) else []
    return own


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
