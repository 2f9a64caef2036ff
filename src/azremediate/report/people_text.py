"""Who is privileged, how they could sign in, and what report-only policies saw, for a plan that concerns them."""

from collections.abc import Iterator

from azremediate.core.plan import Plan
from azremediate.core.privilege import Measured, Person
from azremediate.report.escape import terminal
from azremediate.report.phrases import count


def people_text(plan: Plan) -> Iterator[str]:
    """The lines; none for a plan in which it does not matter."""
    targets = [*(change.target for change in plan.changes), *(one.target for one in plan.skips)]
    people = list(dict.fromkeys(person for target in targets for person in target.readiness.people))
    seen = list(dict.fromkeys(one for target in targets for one in target.readiness.measured))
    if people:
        yield ""
        yield f"Privileged people who can sign in ({len(people)}):"
    for person in people:
        yield f"  - {terminal(person.name)}{' (guest)' if person.guest else ''}: {_method(person)}"
        for road in person.roads:
            yield f"      {terminal(road)}"
    if seen:
        yield ""
        yield f"Measured report-only policies ({len(seen)}):"
    for one in seen:
        yield f"  - {terminal(one.policy_id)}: {_measured(one)}"


def _method(person: Person) -> str:
    if person.resistant:
        return "phishing-resistant"
    if person.resistant is None:
        return f"NOT KNOWN: {terminal(person.gap)}" if person.gap else "NOT KNOWN"
    return "a second factor, NOT phishing-resistant" if person.multifactor else "NO second factor"


def _measured(one: Measured) -> str:
    if one.gap:
        return f"could not be looked at: {terminal(one.gap)}"
    refused = f": {', '.join(map(terminal, one.refused))}" if one.refused else ""
    return (
        f"for {one.days:g} days, {count(one.sign_ins, 'sign-in')} judged, {one.interrupted} interrupted, "
        f"{count(len(one.refused), 'person', 'people')} refused{refused}"
    )
