"""What verifying a run found, as text and as JSON."""

from collections.abc import Sequence

from azremediate.core.codec import encode
from azremediate.core.json_value import JsonObject
from azremediate.core.verifier import Verification
from azremediate.report.escape import terminal
from azremediate.report.phrases import count


def verification_text(run_id: str, found: Sequence[Verification], width: int | None = None) -> str:
    """One line for each change and a last one that says it all; `width` cuts display names at a terminal."""
    return "\n".join([*(_line(one, width) for one in found), verdict(run_id, found)])


def verdict(run_id: str, found: Sequence[Verification]) -> str:
    """The last line: how many changes still hold, and how many do not."""
    done = [one for one in found if one.done_before and not one.lifted_by]
    lost = [one for one in found if one.lost]
    held = f"{len(done) - len(lost)} of {count(len(done), 'change')} of {terminal(run_id)} still hold"
    return f"{held}; {len(lost)} no longer or not provably" if lost else held


def verification_json(run_id: str, found: Sequence[Verification]) -> JsonObject:
    """The same as one JSON object."""
    return {
        "schema": "azremediate/verification/1",
        "run_id": run_id,
        "holds": not any(one.lost for one in found),
        "changes": encode(tuple(found)),
    }


def _line(one: Verification, width: int | None) -> str:
    reason = f"  ({terminal(one.reason)})" if one.reason else ""
    target = f"{terminal(one.target, width)}  id {terminal(one.target_id)}"
    return f"{_word(one):<13} {one.action} [{one.change_id[:8]}]  {target}{reason}"


def _word(one: Verification) -> str:
    if one.holds:
        return "holds"
    if one.lifted_by:
        return "lifted"
    if one.holds is None:
        return "NOT READABLE"
    return "LOST" if one.done_before else "not done"
