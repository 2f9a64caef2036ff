"""What a tenant's policies are before one is made, and why none can be."""

from azremediate.actions._conditional_access import PHISHING_RESISTANT, POLICIES, Demand, Grant, trimmed
from azremediate.actions._reading import read_all, required
from azremediate.core.cloud import Cloud
from azremediate.core.errors import PermissionMissing, TenantError
from azremediate.core.json_value import Json, JsonObject, flag_at, objects_at, text_at, texts_at
from azremediate.core.ports import Read, TenantReader
from azremediate.core.target import Target

ENOUGH_EXEMPT = 2
"""How many break-glass accounts a policy has to leave out."""


async def observe_policies(tenant: TenantReader) -> dict[str, Json]:
    """Facts: policies, their states by id, strengths (id to methods), noStrengths (why), securityDefaults."""
    policies = [trimmed(policy) async for page in tenant.pages(Read(POLICIES)) for policy in page]
    policies.sort(key=lambda policy: text_at(policy, "id"))
    reads = {
        "defaults": Read("/policies/identitySecurityDefaultsEnforcementPolicy"),
        "strengths": Read("/policies/authenticationStrengthPolicies"),
    }
    if tenant.cloud is Cloud.CHINA:
        del reads["strengths"]
    answers = await read_all(tenant, reads)
    strengths, missing = _strengths(answers.get("strengths"))
    return {
        "policies": policies,
        "states": {text_at(policy, "id"): text_at(policy, "state") for policy in policies},
        "strengths": strengths,
        "noStrengths": missing,
        "securityDefaults": flag_at(required(answers, "defaults"), "isEnabled") is True,
    }


def exempt_of(target: Target) -> list[Json]:
    """The accounts that a change leaves out, each once, in lower case."""
    return list(dict.fromkeys(sorted(one.lower() for one in target.exempt)))


def _strengths(answer: JsonObject | TenantError | None) -> tuple[dict[str, Json], str]:
    """The tenant's strengths and, when phishing-resistant cannot be asked for, why."""
    if answer is None:
        return {}, "this cloud has no authentication strengths"
    if isinstance(answer, PermissionMissing):
        raise answer
    if isinstance(answer, TenantError):
        return {}, f"the authentication strengths could not be read: {answer.message}"
    found: dict[str, Json] = {
        text_at(one, "id").lower(): sorted(texts_at(one, "allowedCombinations")) for one in objects_at(answer, "value")
    }
    return found, "" if PHISHING_RESISTANT in found else "the tenant has no phishing-resistant authentication strength"


def impossible(demand: Demand, facts: JsonObject) -> str:
    """Why no such policy can be made here; empty when one can."""
    if len(demand.exempt) < ENOUGH_EXEMPT:
        return f"fewer than {ENOUGH_EXEMPT} break-glass accounts are configured (guards.break_glass)"
    if facts["securityDefaults"]:
        return "security defaults are on, which Conditional Access cannot be combined with; turn them off first"
    missing = text_at(facts, "noStrengths")
    if demand.grant is Grant.PHISHING_RESISTANT and missing:
        return f"{missing}; ask for ordinary MFA with `grant: mfa`"
    return ""
