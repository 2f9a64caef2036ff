"""The plan says who is privileged, how, and who could not sign in any more."""

from dataclasses import replace

from azremediate.core.privilege import Measured, Person, Readiness
from azremediate.report.people_text import people_text
from tests.core.plans import a_change, a_plan

ALICE = Person("a", "alice@x", False, (), False, ("Global Administrator", "Owner at /s"), True, True)


def _text(*people: Person, measured: tuple[Measured, ...] = ()) -> str:
    change = a_change(1)
    ready = replace(change, target=replace(change.target, readiness=Readiness(people, measured)))
    return "\n".join(people_text(a_plan(ready, replace(ready, change_id="other"))))


def test_people() -> None:
    """Each once with every road; what is missing is in capitals."""
    bob = replace(ALICE, id="b", name="bob\x1b[31m", resistant=False, roads=("Helpdesk",))
    text = _text(
        ALICE,
        bob,
        replace(bob, id="c", name="carol@x", guest=True, multifactor=False),
        replace(bob, id="d", name="dave@x", resistant=None, gap="not in the report"),
    )
    assert text == (
        "\nPrivileged people who can sign in (4):\n"
        "  - alice@x: phishing-resistant\n      Global Administrator\n      Owner at /s\n"
        "  - bob\\u{1b}[31m: a second factor, NOT phishing-resistant\n      Helpdesk\n"
        "  - carol@x (guest): NO second factor\n      Helpdesk\n"
        "  - dave@x: NOT KNOWN: not in the report\n      Helpdesk"
    )


def test_measured() -> None:
    """What report-only policies saw."""
    seen = (Measured("p", 7.5, 1, ("zoe@x",), 2), Measured("q", 1, 0, gap="broken"))
    assert _text(measured=seen) == (
        "\nMeasured report-only policies (2):\n"
        "  - p: for 7.5 days, 1 sign-in judged, 2 interrupted, 1 person refused: zoe@x\n"
        "  - q: could not be looked at: broken"
    )


def test_nothing() -> None:
    """A plan about something else says nothing of it."""
    assert list(people_text(a_plan(a_change(1)))) == []
