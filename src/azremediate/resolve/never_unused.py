"""Applications that must not count as unused, because they work without a sign-in that any report shows."""

from azremediate.core.errors import TenantError
from azremediate.core.json_value import JsonObject, objects_at
from azremediate.core.kept_applications import TYPES
from azremediate.core.ports import Read
from azremediate.core.target import Target


def of_target(target: Target) -> str:
    """Why a target is exempt by what is known of it without looking; empty when it is not."""
    if target.microsoft_owned:
        return "it is Microsoft's own application"
    return TYPES.get(target.service_principal_type, "")


def provisioning(principal_id: str) -> Read:
    """Its provisioning jobs: their activity is in the provisioning log only."""
    return Read(f"/servicePrincipals/{principal_id}/synchronization/jobs")


def of_jobs(answer: JsonObject | TenantError) -> tuple[str, str]:
    """Why it is exempt by its provisioning jobs, and what could not be looked at; each may be empty."""
    if isinstance(answer, TenantError):
        return "", f"whether it provisions could not be looked at: {answer.message}"
    jobs = objects_at(answer, "value")
    return ("it provisions users elsewhere, which only the provisioning log shows", "") if jobs else ("", "")
