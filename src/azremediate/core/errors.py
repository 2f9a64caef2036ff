"""Every error that azremediate raises on purpose, with its remedy and exit code.

AzremediateError
├── InputInvalid             a file, argument or row that cannot be used
│   ├── ConfigInvalid        the configuration
│   ├── PlaybookInvalid      a playbook
│   └── TargetUnusable       a target that is not found, ambiguous or of the wrong kind
├── TenantError              what a service answered, or did not answer
│   ├── SignInFailed         no token
│   ├── PermissionMissing    401 or 403 on a request
│   ├── ObjectMissing        404
│   ├── Throttled            429, surely without effect
│   ├── Conflict             409, surely without effect
│   ├── RequestRefused       any other 4xx, surely without effect
│   ├── NotSent              the request never reached the service
│   ├── ServiceFailing       5xx or a broken answer to a read
│   └── OutcomeUnknown       a write that may or may not have taken effect
├── FeatureMissing           the cloud or the licence does not have what is asked for
├── GuardRefused             a guard says no
├── PlanUnusable             a plan that is stale, expired, altered or made for something else
│   └── PlanExpired          it expired before the first write of a change
├── ChangeFailed             one change could not be completed
│   └── OutcomeUnresolved    a write whose outcome reading could not settle
├── RunLocked                another run holds the state directory
├── IntegrityBroken          journal or audit log cannot be trusted or written
└── Stopped                  stopped on request at a safe point
"""

from typing import ClassVar

from azremediate.core.exit_code import ExitCode


class AzremediateError(Exception):
    """Something went wrong that a person can be told about.

    `message` says what was wrong and where, `hint` what to do now. Neither may hold a secret value.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputInvalid(AzremediateError):
    """A file or argument that cannot be used; names file, line and column where they are known."""

    exit_code = ExitCode.USAGE

    def __init__(
        self, message: str, *, file: str = "", line: int | None = None, column: int | None = None, hint: str = ""
    ) -> None:
        place = ":".join(str(part) for part in (file, line, column) if part not in ("", None))
        super().__init__(f"{place}: {message}" if place else message, hint=hint)
        self.file, self.line, self.column = file, line, column


class ConfigInvalid(InputInvalid):
    """The configuration cannot be used."""


class PlaybookInvalid(InputInvalid):
    """A playbook cannot be used."""


class TargetUnusable(InputInvalid):
    """A target that is not found, ambiguous or of a kind that the action does not take."""


class TenantError(AzremediateError):
    """What a service answered, or did not answer.

    `code` is the service's own error code (never its message), `request_id` is what Microsoft support asks for.
    """

    def __init__(
        self, message: str, *, status: int | None = None, code: str = "", request_id: str = "", hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.status, self.code, self.request_id = status, code, request_id


class SignInFailed(TenantError):
    """No token could be had for the tool's own identity."""

    exit_code = ExitCode.SIGN_IN


class PermissionMissing(TenantError):
    """The tool's own identity may not do this."""

    exit_code = ExitCode.SIGN_IN


class ObjectMissing(TenantError):
    """The object is not in the tenant (any more)."""


class Throttled(TenantError):
    """The service asked for fewer requests; this one had no effect. `retry_after` is in seconds, if it said so."""

    retryable = True

    def __init__(self, message: str, *, retry_after: float | None = None, code: str = "", request_id: str = "") -> None:
        super().__init__(message, status=429, code=code, request_id=request_id)
        self.retry_after = retry_after


class Conflict(TenantError):
    """Another write to the same object was under way; this one had no effect."""

    retryable = True


class RequestRefused(TenantError):
    """The service understood the request and refused it; it had no effect."""


class NotSent(TenantError):
    """No connection could be made, so the request had no effect."""

    retryable = True


class ServiceFailing(TenantError):
    """The service failed or answered with something that cannot be read."""

    retryable = True


class OutcomeUnknown(TenantError):
    """A write was sent and no trustworthy answer came: it may or may not have taken effect."""

    exit_code = ExitCode.UNRESOLVED


class FeatureMissing(AzremediateError):
    """The cloud or the tenant's licence does not have what is asked for."""


class GuardRefused(AzremediateError):
    """A guard says no."""

    exit_code = ExitCode.REFUSED


class PlanUnusable(AzremediateError):
    """A plan that is stale, expired, altered or made for something else."""

    exit_code = ExitCode.STALE


class PlanExpired(PlanUnusable):
    """The plan expired before the first write of a change; nothing of that change was sent."""


class ChangeFailed(AzremediateError):
    """One change could not be completed; `message` says in which state the target is now."""

    exit_code = ExitCode.INCOMPLETE


class OutcomeUnresolved(ChangeFailed):
    """A write whose outcome could not be settled by reading; a person must look."""

    exit_code = ExitCode.UNRESOLVED


class RunLocked(AzremediateError):
    """Another run holds the state directory."""

    exit_code = ExitCode.LOCKED


class IntegrityBroken(AzremediateError):
    """Journal or audit log cannot be trusted or cannot be written."""

    exit_code = ExitCode.INTEGRITY


class Stopped(AzremediateError):
    """Stopped on request at a safe point."""

    exit_code = ExitCode.STOPPED
