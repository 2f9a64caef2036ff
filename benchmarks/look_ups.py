"""Planning a thousand credentials in a large tenant, beside the look-ups of a script on the SDK."""

from pathlib import Path

from measured import azremediate
from plain import run_plain
from stage import Size, lab_of, list_of, tenant_of
from table import Row

_SIZE = Size(applications=20_000, principals=50_000, users=500, leaked=1_000)
_SAMPLE = 60
_TIMES_FASTER = 40.0
_SHARE_OF_CPU = 0.1


def measure_look_ups(folder: Path) -> list[Row]:
    """The baseline looks up a sample, one after the other; its time for all is that for each, times their number."""
    tenant = tenant_of(folder, _SIZE)
    leaked = list_of(folder, tenant.leaked)
    with lab_of(folder / "lab", tenant) as lab:
        plain = run_plain(lab, tenant.leaked[:_SAMPLE], mode="look-up", how="sequential")
        lab_before = lab.cpu_seconds()
        plan = azremediate(
            lab.config, "plan", "rotate-exposed-secrets", "--credentials", leaked, "-o", folder / "p.plan.json"
        )
        lab_cpu = lab.cpu_seconds() - lab_before
    count = len(tenant.leaked)
    seconds, cpu = plain.seconds / plain.done * count, plain.cpu_for(count)
    faster, share = seconds / plan.seconds, plan.cpu / cpu
    return [
        Row(f"msgraph-sdk, one after the other: {count} look-ups (of {plain.done})", seconds, "s"),
        Row("  its processor time, start included", cpu, "s"),
        Row(
            f"azremediate plan: {count} credentials, with guards and plan file",
            plan.seconds,
            "s",
            faster,
            "faster",
            f">= {_TIMES_FASTER:g}",
            faster >= _TIMES_FASTER,
        ),
        Row("  its processor time, start included", plan.cpu, "s", share, "of it", "<= 0.1", share <= _SHARE_OF_CPU),
        Row("  its memory at most", plan.peak_mib, "MiB"),
        Row("  the lab's processor time meanwhile", lab_cpu, "s"),
    ]
