"""What Azure's own clients raise, as the errors of the domain."""

from collections.abc import Mapping

from azure.core.exceptions import AzureError, HttpResponseError, ServiceRequestTimeoutError

from azremediate.core.errors import AzremediateError, RequestRefused, ServiceFailing, TenantError
from azremediate.tenant.answers import Passing, harmless, not_sent, read_error, unknown, write_error
from azremediate.tenant.session import never_connected, why_unsent


def read_failure(error: Exception, what: str, asked: float | None = None) -> AzremediateError:
    """The error for what a read raised; raise it outside the handler, because Azure's errors hold the request."""
    if isinstance(error, HttpResponseError) and error.status_code is not None:
        found = read_error(error.status_code, _code(error), _request_id(error), what, asked)
        return found or ServiceFailing(f"{what}: the answer cannot be read", status=error.status_code)
    if _never_sent(error):
        return not_sent(f"{what}: {why_unsent(getattr(error, 'inner_exception', None))}")
    if isinstance(error, AzureError | TimeoutError):
        return Passing(f"{what}: the connection broke or the answer did not come in time")
    return ServiceFailing(f"{what}: the answer cannot be read")


def write_failure(error: Exception, what: str, asked: float | None = None) -> TenantError:
    """The error for what a write raised; only what surely had no effect is not an unknown outcome."""
    if isinstance(error, HttpResponseError) and error.status_code is not None:
        status, code, request_id = error.status_code, _code(error), _request_id(error)
        if status == 409 and _inner_code(error) == "ObjectIsDeletedButRecoverable":
            said = "the vault holds a deleted secret of this name, and nothing can be stored under it"
            hint = "recover or purge it in the vault (az keyvault secret recover or purge), then apply again"
            return RequestRefused(f"{what}: {said}", status=status, code=code, request_id=request_id, hint=hint)
        found = write_error(status, code, request_id, what, asked)
        return found or unknown("the answer cannot be read", what, status=status, request_id=request_id)
    if _never_sent(error):
        return not_sent(f"{what}: {why_unsent(getattr(error, 'inner_exception', None))}")
    return unknown("no answer that can be read came back", what)


def retry_after_of(error: Exception) -> str | None:
    """The Retry-After header of the answer that an error is about."""
    response = getattr(error, "response", None)
    return None if response is None else response.headers.get("Retry-After")


def _never_sent(error: Exception) -> bool:
    # a ServiceRequestError alone says nothing: it is also raised for a connection that broke after the request was sent
    if isinstance(error, ServiceRequestTimeoutError):
        return True
    return isinstance(error, AzureError) and never_connected(error.inner_exception)


def _code(error: HttpResponseError) -> str:
    return harmless(getattr(error.error, "code", None))


def _inner_code(error: HttpResponseError) -> str:
    inner = getattr(error.error, "innererror", None)
    return harmless(inner.get("code")) if isinstance(inner, Mapping) else ""


def _request_id(error: HttpResponseError) -> str:
    headers = getattr(error.response, "headers", {})
    return harmless(headers.get("x-ms-request-id"))
