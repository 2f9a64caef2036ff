"""The simulated Azure Resource Manager: who may ask, and which noun answers."""

from __future__ import annotations

import re
import uuid
from typing import Final

from azremediate.lab.arm_answers import arm_error, method_not_allowed, not_authorized, page
from azremediate.lab.arm_assignments import RoleAssignments
from azremediate.lab.arm_eligibilities import list_eligibilities
from azremediate.lab.arm_scopes import InvalidFilter, covers, parse_filter
from azremediate.lab.arm_storage import STORAGE, STORAGE_LIST, StorageAccounts
from azremediate.lab.connection import AsgiApp
from azremediate.lab.exchange import Answer, Request, as_asgi, json_answer
from azremediate.lab.store import Store
from azremediate.lab.tokens import ARM_AUDIENCE, Authenticate, AuthProblem, Claims

PAGE_SIZE: Final = 100
_AUTHORIZATION: Final = re.compile(
    r"(?P<scope>.*?)/providers/Microsoft\.Authorization/(?P<noun>roleAssignments|roleDefinitions"
    r"|roleEligibilityScheduleInstances)(/(?P<name>[^/]+))?",
    re.IGNORECASE,
)
_SUBSCRIPTIONS: Final = re.compile(r"/subscriptions(/(?P<id>[^/]+))?", re.IGNORECASE)


def arm_app(store: Store, authenticate: Authenticate, *, page_size: int = PAGE_SIZE) -> AsgiApp:
    """Return the ASGI application of Azure Resource Manager; lists come in pages of `page_size`."""
    return as_asgi("arm", _ArmService(store, authenticate, page_size).answer)


class _ArmService:
    def __init__(self, store: Store, authenticate: Authenticate, page_size: int) -> None:
        self._store = store
        self._authenticate = authenticate
        self._page_size = page_size
        self._assignments = RoleAssignments(store, page_size)
        self._storage = StorageAccounts(store)

    def answer(self, request: Request) -> Answer:
        request_id = str(uuid.uuid4())
        headers = [("x-ms-request-id", request_id), ("x-ms-correlation-request-id", request_id)]
        caller = self._authenticate(request.headers, ARM_AUDIENCE)
        if isinstance(caller, AuthProblem):
            challenge = f'Bearer authorization_uri="https://login.invalid/", error="{caller.code}"'
            headers.append(("www-authenticate", challenge))
            answer = arm_error(401, "AuthenticationFailed", caller.message)
        else:
            with self._store.lock:
                answer = self._check_version(request) or self._dispatch(request, caller)
        if request.method != "GET" and not request.path.lower().endswith("/listkeys"):
            self._record(request, answer, None if isinstance(caller, AuthProblem) else caller.app_id)
        return answer.with_headers(headers)

    def _record(self, request: Request, answer: Answer, app_id: str | None) -> None:
        self._store.record_write(
            service="arm",
            method=request.method,
            path=request.path,
            status=answer.status,
            app_id=app_id,
            effect=answer.status in (200, 201),
            summary=f"{request.method} {request.path}",
        )

    @staticmethod
    def _check_version(request: Request) -> Answer | None:
        if request.options.get("api-version"):
            return None
        message = "The api-version query parameter (?api-version=) is required for all requests."
        return arm_error(400, "MissingApiVersionParameter", message)

    def _dispatch(self, request: Request, caller: Claims) -> Answer:
        path = "/" + request.path.strip("/")
        if match := _AUTHORIZATION.fullmatch(path):
            scope = match["scope"] or "/"
            if problem := self._check_scope(scope, match["noun"], caller):
                return problem
            if match["noun"].lower() == "roleassignments":
                return self._assignments.answer(request, caller, scope, match["name"])
            if match["noun"].lower() == "roleeligibilityscheduleinstances" and match["name"] is None:
                return list_eligibilities(self._store, request, scope, self._page_size)
            if match["noun"].lower() == "roledefinitions":
                return self._definitions(request, scope, match["name"])
        if match := STORAGE.fullmatch(path):
            return self._storage.answer(request, caller, match)
        if match := STORAGE_LIST.fullmatch(path):
            return self._storage.listed(request, caller, match["subscription"])
        if match := _SUBSCRIPTIONS.fullmatch(path):
            return self._subscriptions(request, match["id"], caller)
        self._store.unknown_requests.append(
            {"service": "arm", "method": request.method, "path": request.path, "reason": "no such resource type"}
        )
        return arm_error(404, "InvalidResourceType", "The resource type could not be found for the api version.")

    def _check_scope(self, scope: str, noun: str, caller: Claims) -> Answer | None:
        match = re.match(r"/subscriptions/([^/]+)", scope, re.IGNORECASE)
        if match and match[1].lower() not in {key.lower() for key in self._store.azure.subscriptions}:
            return arm_error(404, "SubscriptionNotFound", f"The subscription '{match[1]}' could not be found.")
        if not self._may_read(caller, scope):
            return not_authorized(caller.object_id, f"Microsoft.Authorization/{noun}/read", scope)
        return None

    def _may_read(self, caller: Claims, scope: str) -> bool:
        """True for a holder of any role at the scope, above it, or somewhere below it."""
        rows = (row["properties"] for row in self._store.azure.role_assignments.values())
        return any(
            row["principalId"] == caller.object_id and (covers(row["scope"], scope) or covers(scope, row["scope"]))
            for row in rows
        )

    def _subscriptions(self, request: Request, subscription_id: str | None, caller: Claims) -> Answer:
        if request.method != "GET":
            return method_not_allowed(request)
        every = self._store.azure.subscriptions
        visible = {key: item for key, item in every.items() if self._may_read(caller, f"/subscriptions/{key}")}
        if subscription_id is None:
            return page(request, list(visible.values()), self._page_size)
        if subscription_id not in visible:
            return arm_error(404, "SubscriptionNotFound", f"The subscription '{subscription_id}' could not be found.")
        return json_answer(200, visible[subscription_id])

    def _definitions(self, request: Request, scope: str, name: str | None) -> Answer:
        if request.method != "GET":
            return method_not_allowed(request)
        definitions = self._store.azure.role_definitions
        if name is None:
            try:
                keep = parse_filter(request.options.get("$filter", ""), scope, self._store.groups_of)
            except InvalidFilter as error:
                return arm_error(400, "BadRequestFormat", str(error))
            return page(request, [row for row in definitions.values() if keep(row)], self._page_size)
        if name.lower() not in definitions:
            return arm_error(404, "RoleDefinitionDoesNotExist", f"The role definition '{name}' does not exist.")
        return json_answer(200, definitions[name.lower()])
