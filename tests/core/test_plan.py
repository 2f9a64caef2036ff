"""A plan comes back as it was written, and nothing else is accepted as one."""

import json
from dataclasses import replace

import pytest

from azremediate.core.change import Change, Phase
from azremediate.core.errors import PlanUnusable
from azremediate.core.json_value import canonical, digest
from azremediate.core.plan import parse_plan, plan_bytes
from tests.core.plans import a_change, a_plan, a_target


def test_round_trip() -> None:
    """What was written is read as an equal plan."""
    plan = a_plan(a_change(1), a_change(2))
    assert parse_plan(plan_bytes(plan), "p") == plan


def test_plan_id_covers_everything() -> None:
    """Two plans that differ anywhere have different ids."""
    assert a_plan(a_change(1)).plan_id != a_plan(a_change(2)).plan_id


@pytest.mark.fault("C1")
def test_every_flipped_bit_is_refused() -> None:
    """No single byte of a plan can be altered."""
    content = plan_bytes(a_plan(a_change(1)))
    for position in range(len(content)):
        altered = content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]
        with pytest.raises(PlanUnusable):
            parse_plan(altered, "p")


@pytest.mark.fault("C2")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"schema":"azremediate/plan/2"}',
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"a":' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"a":1e999,"schema":"azremediate/plan/1"}',
        b'{"a":' + b"9" * 20 + b',"schema":"azremediate/plan/1"}',
    ],
    ids=[
        "empty",
        "no-schema",
        "list",
        "null",
        "other-schema",
        "duplicate-key",
        "nan",
        "not-utf8",
        "deep",
        "32-levels",
        "infinite",
        "huge",
    ],
)
def test_what_is_no_plan_is_refused(content: bytes) -> None:
    """Anything else gives a sentence with the file's name, never another exception."""
    with pytest.raises(PlanUnusable, match=r"my\.plan\.json"):
        parse_plan(content, "my.plan.json")


@pytest.mark.fault("C2")
@pytest.mark.parametrize("change", ["reordered", "extra", "byte-order-mark"])
def test_other_forms_of_the_same_plan_are_refused(change: str) -> None:
    """Only the canonical bytes are a plan: not other key order, further members or a byte order mark."""
    content = plan_bytes(a_plan(a_change(1)))
    document = json.loads(content)
    altered = {
        "reordered": json.dumps(dict(reversed(document.items()))).encode(),
        "extra": canonical({**document, "extra": 1}) + b"\n",
        "byte-order-mark": b"\xef\xbb\xbf" + content,
    }[change]
    with pytest.raises(PlanUnusable):
        parse_plan(altered, "p")


def test_resealed_plan_with_unknown_member_is_refused() -> None:
    """Even with a fitting id, a member that the schema does not have is refused."""
    document = json.loads(plan_bytes(a_plan(a_change(1))))
    document["changes"][0]["extra"] = True
    document["plan_id"] = digest({name: value for name, value in document.items() if name != "plan_id"})
    with pytest.raises(PlanUnusable, match="extra"):
        parse_plan(canonical(document) + b"\n", "p")


ONE = a_change(1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ((ONE, ONE), "twice"),
        ((a_change(target=a_target(tenant_id="99999999-2222-4333-8444-555555555555")),), "another tenant"),
        ((a_change(2, action="rotate_app_secret", phase=Phase.ROTATE), ONE), "contains comes first"),
        ((a_change(2).depending_on(ONE.change_id), ONE), "depends on"),
        ((ONE.depending_on(ONE.change_id),), "depends on"),
        ((ONE.depending_on("nobody"),), "depends on"),
    ],
    ids=["twice", "other tenant", "order", "forward", "itself", "unknown"],
)
def test_resealed_plan_that_no_planner_makes_is_refused(changes: tuple[Change, ...], said: str) -> None:
    """A fitting id does not help a plan whose changes are out of order, repeated or for somebody else."""
    with pytest.raises(PlanUnusable, match=said):
        parse_plan(plan_bytes(a_plan(*changes)), "p")


def test_change_by_id() -> None:
    """A plan gives its changes by their ids."""
    plan = a_plan(ONE, replace(a_change(2), summary="second"))
    assert plan.change(a_change(2).change_id).summary == "second"
