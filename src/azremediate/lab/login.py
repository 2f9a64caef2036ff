"""The simulated sign-in service: the token endpoint for applications and the documents clients discover it by."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl

from azremediate.lab.application_sign_ins import add_sign_in
from azremediate.lab.assertion import ASSERTION_TYPE, check_assertion
from azremediate.lab.connection import AsgiApp
from azremediate.lab.exchange import Answer, Request, as_asgi, json_answer
from azremediate.lab.objects import JsonObject
from azremediate.lab.sign_in import SignInVerdict
from azremediate.lab.sign_in_errors import explain_verdict, sign_in_error
from azremediate.lab.store import Store
from azremediate.lab.tokens import GRAPH_AUDIENCE, Claims, TokenAuthority
from azremediate.lab.user_sign_in import AZURE_CLI, UserSignIn

_PATH: Final = re.compile(
    r"/(?P<tenant>[^/]+)/(?P<what>oauth2/v2\.0/token|discovery/v2\.0/keys|v2\.0/\.well-known/openid-configuration)/?"
)


class _Refused(Exception):
    def __init__(self, number: int, message: str) -> None:
        super().__init__(number)
        self.number = number
        self.message = message


def login_app(store: Store, tokens: TokenAuthority) -> AsgiApp:
    """Return the ASGI application of the sign-in service."""
    return as_asgi("login", _LoginService(store, tokens).answer)


class _LoginService:
    def __init__(self, store: Store, tokens: TokenAuthority) -> None:
        self._store = store
        self._tokens = tokens
        self._users = UserSignIn(store)

    def answer(self, request: Request) -> Answer:
        match = _PATH.fullmatch(request.path)
        if match is None:
            self._store.unknown_requests.append(
                {"service": "login", "method": request.method, "path": request.path, "reason": "no such page"}
            )
            return json_answer(404, {"error": "invalid_request", "error_description": "No such page."})
        try:
            return self._dispatch(request, match["tenant"], match["what"])
        except _Refused as refusal:
            correlation_id = request.headers.get("client-request-id")
            return sign_in_error(refusal.number, refusal.message, self._store.clock.now(), correlation_id)

    def _dispatch(self, request: Request, tenant: str, what: str) -> Answer:
        if tenant.casefold() not in (self._store.tenant_id.casefold(), self._store.domain.casefold()):
            raise _Refused(90002, "Tenant not found. Check to make sure you have the correct tenant ID.")
        if what.endswith("/token"):
            if request.method != "POST":
                raise _Refused(900144, "The endpoint only accepts POST requests.")
            return self._token(request)
        if what.endswith("/keys"):
            return json_answer(200, self._tokens.key_set())
        return json_answer(200, self._configuration(request))

    def _configuration(self, request: Request) -> dict[str, object]:
        base = f"https://{request.headers.get('host', '')}/{self._store.tenant_id}"
        return {
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "response_types_supported": ["code", "token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid"],
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "tenant_region_scope": "NA",
        }

    def _token(self, request: Request) -> Answer:
        form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        for name in ("grant_type", "client_id", "scope"):
            if not form.get(name):
                raise _Refused(900144, f"The request body must contain the following parameter: '{name}'.")
        grant, app_id = form["grant_type"], form["client_id"]
        if grant not in ("client_credentials", "password", "refresh_token"):
            raise _Refused(70003, "The app requested an unsupported grant type.")
        audience = self._audience(form["scope"])
        if app_id != AZURE_CLI or grant == "client_credentials":
            self._check_credential(app_id, form)
        if grant == "client_credentials":
            add_sign_in(self._store, app_id)
            return self._issued(self._claims(app_id, audience))
        user = self._user(grant, form)
        claims = Claims(app_id, user["id"], self._store.tenant_id, (), audience)
        return self._issued(claims, refresh_token=self._users.new_refresh_token(user, app_id))

    def _user(self, grant: str, form: dict[str, str]) -> JsonObject:
        """Whom a resource owner's password or a refresh token signs in; Conditional Access is not played here."""
        if grant == "password":
            found = self._users.with_password(form.get("username", ""), form.get("password", ""))
        else:
            found = self._users.with_refresh_token(form.get("refresh_token", ""), form["client_id"])
        if isinstance(found, tuple):
            raise _Refused(*found)
        return found

    def _issued(self, claims: Claims, **more: str) -> Answer:
        token = self._tokens.issue(claims, issuer=f"https://sts.windows.net/{self._store.tenant_id}/")
        lifetime = self._tokens.lifetime
        body = {"token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime, "access_token": token}
        return json_answer(200, {**body, **more}, [("cache-control", "no-store"), ("pragma", "no-cache")])

    def _audience(self, scope: str) -> str:
        words = [word for word in scope.split() if word not in ("openid", "profile", "offline_access")]
        if len(words) != 1 or not words[0].endswith("/.default"):
            raise _Refused(1002012, "The provided value for scope is not valid. Client credential flows must have a "
                           "scope value with /.default suffixed to the resource identifier.")  # fmt: skip
        audience = self._tokens.resolve_audience(words[0].removesuffix("/.default"))
        if audience is None:
            raise _Refused(500011, "The resource principal named in the scope was not found in the tenant.")
        return audience

    def _check_credential(self, app_id: str, form: dict[str, str]) -> None:
        if "client_assertion" in form:
            if form.get("client_assertion_type") != ASSERTION_TYPE:
                raise _Refused(900144, "The request body must contain the following parameter: "
                               "'client_assertion_type'.")  # fmt: skip
            verdict = check_assertion(self._store, app_id, form["client_assertion"])
        elif form.get("client_secret"):
            verdict = self._store.check_secret(app_id, form["client_secret"])
        else:
            raise _Refused(7000218, "The request body must contain the following parameter: 'client_assertion' or "
                           "'client_secret'.")  # fmt: skip
        if verdict is SignInVerdict.ok:
            return
        certificate = "client_assertion" in form
        number, message = (
            verdict if isinstance(verdict, tuple) else explain_verdict(verdict, app_id, certificate=certificate)
        )
        add_sign_in(self._store, app_id, error=number, reason=message)
        raise _Refused(number, message)

    def _claims(self, app_id: str, audience: str) -> Claims:
        principal = self._store.service_principals.by_alternate(app_id)
        if principal is None:
            raise _Refused(700016, "The application was not found in the directory.")
        roles = tuple(self._store.roles_of(principal["appId"])) if audience == GRAPH_AUDIENCE else ()
        return Claims(principal["appId"], principal["id"], self._store.tenant_id, roles, audience)
