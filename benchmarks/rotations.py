"""Rotating three hundred secrets, beside a script on the SDK: one after the other, and all at once."""

from collections.abc import Sequence
from pathlib import Path

from big_tenant import BigTenant, Leaked
from ceiling import measure_ceiling
from measured import Measured, azremediate
from plain import Plain, run_plain
from served_lab import ServedLab
from stage import Size, lab_of, list_of, tenant_of
from table import Row

_SIZE = Size(applications=350, principals=500, users=100, leaked=300)
_SAMPLE = 40
_TIMES_FASTER = 10.0


def measure_rotations(folder: Path) -> list[Row]:
    """Each side starts from the same tenant; the end state is judged from the lab's store."""
    tenant = tenant_of(folder, _SIZE)
    count = len(tenant.leaked)
    with lab_of(folder / "plain", tenant) as lab:
        plain = run_plain(lab, tenant.leaked[:_SAMPLE], mode="rotate", how="sequential")
    with lab_of(folder / "gather", tenant) as lab:
        gather = run_plain(lab, tenant.leaked, mode="rotate", how="gather")
        gather_clean, gather_issued = end_state(lab, tenant.leaked)
    with lab_of(folder / "lab", tenant) as lab:
        before = lab.cpu_seconds()
        applied = rotate_all(folder, lab, tenant)
        lab_cpu = lab.cpu_seconds() - before
        clean, issued = end_state(lab, tenant.leaked)
        asked = sum(row["count"] for row in lab.requests()) / applied.seconds
        ceiling = measure_ceiling(lab, tenant)
    seconds = plain.seconds / plain.done * count
    faster = seconds / applied.seconds
    return [
        Row(f"msgraph-sdk, one after the other: {count} rotations (of {plain.done})", seconds, "s"),
        Row(
            f"azremediate apply: {count} rotations, journalled, proven, read back",
            applied.seconds,
            "s",
            faster,
            "faster",
            f">= {_TIMES_FASTER:g}",
            faster >= _TIMES_FASTER,
        ),
        Row("  its processor time, start included", applied.cpu, "s", applied.cpu / plain.cpu_for(count), "of it"),
        Row("  applications clean at the end", clean, "apps", target=f"{count}", met=clean == count),
        Row("  secrets issued for each application", issued, "", target="1.00", met=issued == 1.0),
        Row("  the lab's processor time meanwhile", lab_cpu, "s"),
        Row("  requests to it each second", asked, "/s"),
        *ceiling,
        *gathered(gather, count, gather_clean, gather_issued),
    ]


def gathered(gather: Plain, count: int, clean: int, issued: float) -> list[Row]:
    """The rows of the script that starts everything at once."""
    return [
        Row(f"msgraph-sdk with asyncio.gather: {count} rotations", gather.seconds, "s"),
        Row("  failed", gather.failed, "apps"),
        Row("  applications clean at the end", clean, "apps"),
        Row("  secrets issued for each application", issued, ""),
    ]


def rotate_all(folder: Path, lab: ServedLab, tenant: BigTenant, *, may_end_with: Sequence[int] = (0,)) -> Measured:
    """Plan and apply; only the applying is measured."""
    leaked, plan = list_of(folder, tenant.leaked), folder / "rotate.plan.json"
    azremediate(lab.config, "plan", "rotate-exposed-secrets", "--credentials", leaked, "-o", plan)
    return azremediate(lab.config, "apply", plan, "--yes", "--confirm-tenant", lab.tenant_id, may_end_with=may_end_with)


def end_state(lab: ServedLab, leaked: Sequence[Leaked]) -> tuple[int, float]:
    """How many applications have exactly one secret that is not the leaked one, and secrets issued for each."""
    by_id = {row["id"]: row for row in lab.state()["applications"]}
    found = [[key["keyId"] for key in by_id[one.application_id]["passwordCredentials"]] for one in leaked]
    clean = sum(len(keys) == 1 and keys[0] != one.key_id for keys, one in zip(found, leaked, strict=True))
    issued = sum(write["effect"] and write["path"].lower().endswith("/addpassword") for write in lab.writes())
    return clean, issued / len(leaked)
