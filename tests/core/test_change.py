"""A change has the same id whenever the same is to be done, and another one otherwise."""

from dataclasses import replace

from azremediate.core.change import Change, Phase, UndoClass, new_change
from azremediate.core.json_value import JsonObject
from azremediate.core.observed import State
from azremediate.core.target import Target
from tests.core.plans import a_change, a_target


def _new(
    action: str = "rotate", target: Target | None = None, params: JsonObject | None = None, work: str = ""
) -> Change:
    return new_change(
        action=action,
        phase=Phase.ROTATE,
        target=target or a_target(),
        state=State({"seen": work or "nothing"}),
        params=params or {},
        work={"key": work},
        summary="",
        before={},
        after={},
        preconditions=(),
        undo_class=UndoClass.IRREVERSIBLE,
        undo_note="",
    )


def test_the_id_says_what_is_done_to_whom() -> None:
    """Action, target, tenant, parameters and work count."""
    ids = {
        change.change_id
        for change in (
            _new(),
            _new("remove"),
            _new(target=a_target(2)),
            _new(target=a_target(tenant_id="another")),
            _new(params={"overlap": "PT1S"}),
            _new(work="k"),
        )
    }
    assert len(ids) == 6
    assert _new().change_id == _new(target=a_target(display_name="renamed")).change_id


def test_the_tag_is_of_the_id() -> None:
    """What is found in the tenant leads back to its change."""
    change = a_change()
    assert change.tag == f"azr-{change.change_id[:8]}"


def test_depending_on_adds() -> None:
    """What it depended on before stays."""
    change = replace(a_change(), depends_on=("a",)).depending_on("b", "c")
    assert change.depends_on == ("a", "b", "c")


def test_phases_are_in_containment_order() -> None:
    """Revoking and disabling before removing, that before rotating, and policies last."""
    assert sorted(Phase, key=lambda phase: phase.order) == [
        Phase.CONTAIN,
        Phase.EVICT,
        Phase.ROTATE,
        Phase.RESTORE,
        Phase.HARDEN,
    ]
