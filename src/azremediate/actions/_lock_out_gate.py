"""Before a policy is enabled: who could not sign in any more, and what its time in report-only mode has shown."""

from collections.abc import Sequence
from datetime import timedelta

from azremediate.actions._conditional_access import Grant
from azremediate.core.privilege import Measured, Person

_ACCEPT = "`lock_out: accept` enables it all the same"


def cannot_show(people: Sequence[Person], grant: Grant | None) -> list[Person]:
    """The people of whom it is not known that they registered what a policy asks; none for one that asks nothing."""
    if grant is None:
        return []
    return [
        one for one in people if (one.resistant if grant is Grant.PHISHING_RESISTANT else one.multifactor) is not True
    ]


def locked_out_words(people: Sequence[Person], grant: Grant | None) -> str:
    """Everybody who would be locked out, by name and with the reason; empty when nobody would."""
    found = cannot_show(people, grant)
    if not found:
        return ""
    what = "phishing-resistant method" if grant is Grant.PHISHING_RESISTANT else "second factor"
    who = ", ".join(f"{one.name} ({one.gap or f'has no {what}'})" for one in found)
    number = "1 person" if len(found) == 1 else f"{len(found)} people"
    return f"would lock out {number}: {who}"


def not_proven(
    people: Sequence[Person], grant: Grant | None, measured: Sequence[Measured], policy_id: str, least: timedelta
) -> str:
    """Why a policy may not be enabled unless somebody accepts the lock-out; empty when everything is shown.

    policy_id: azremediate's report-only policy that would be enabled, empty when there is none. least: how long it has
    to have reported.
    """
    if words := locked_out_words(people, grant):
        return f"{words}; let them register first (a Temporary Access Pass helps), or {_ACCEPT}"
    if not policy_id:
        return f"nothing was measured: plan it with `state: report-only` first, or {_ACCEPT}"
    seen = next((one for one in measured if one.policy_id == policy_id), None)
    if seen is None or seen.gap:
        return f"what the policy reported is not known ({seen.gap if seen else 'it was not read'}); {_ACCEPT}"
    if seen.days < least / timedelta(days=1):
        return f"the policy has reported for {seen.days:g} days, {least / timedelta(days=1):g} are wanted; {_ACCEPT}"
    if seen.refused:
        return f"the policy would have refused sign-ins of {', '.join(seen.refused)}; {_ACCEPT}"
    if grant is not None and not seen.sign_ins:
        return f"the policy has not judged a single sign-in yet; {_ACCEPT}"
    return ""


def measured_words(measured: Sequence[Measured], policy_id: str) -> str:
    """What the time in report-only mode has shown, for the person who reviews the plan."""
    seen = next((one for one in measured if one.policy_id == policy_id), None)
    if seen is None or seen.gap:
        return "not measured" + (f": {seen.gap}" if seen else "")
    return (
        f"{seen.days:g} days, {seen.sign_ins} sign-ins judged, {len(seen.refused)} people refused, "
        f"{seen.interrupted} sign-ins interrupted"
    )
