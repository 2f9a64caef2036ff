"""How time and memory of planning grow with the list: a thousand, five and twenty thousand credentials."""

from pathlib import Path

from measured import azremediate
from stage import Size, lab_of, list_of, tenant_of
from table import Row

_SIZE = Size(applications=20_000, principals=21_000, users=500, leaked=20_000)
_COUNTS = (1_000, 5_000, 20_000)
_MOST_MIB = 400.0
_LINEAR = 1.3


def measure_growth(folder: Path) -> list[Row]:
    """Without latency and without a quota, so that only the client's own cost is left; ratios are per credential."""
    tenant = tenant_of(folder, _SIZE)
    rows: list[Row] = []
    first = 0.0
    with lab_of(folder / "lab", tenant, latency_ms=0) as lab:
        text = lab.config.read_text(encoding="utf-8")
        lab.config.write_text(f"{text}throttle:\n  units_per_10s: 1000000\n", encoding="utf-8")
        for count in _COUNTS:
            leaked, plan = list_of(folder, tenant.leaked[:count]), folder / f"{count}.plan.json"
            ran = azremediate(lab.config, "plan", "rotate-exposed-secrets", "--credentials", leaked, "-o", plan)
            each = ran.cpu / count
            first = first or each
            large = count == _COUNTS[-1]
            rows += [
                Row(
                    f"plan of {count} changes: processor time",
                    ran.cpu,
                    "s",
                    each / first,
                    "each, of the first",
                    f"<= {_LINEAR}",
                    each / first <= _LINEAR,
                ),
                Row("  wall clock", ran.seconds, "s"),
                Row(
                    "  memory at most",
                    ran.peak_mib,
                    "MiB",
                    target=f"<= {_MOST_MIB:g}" if large else "",
                    met=ran.peak_mib <= _MOST_MIB if large else None,
                ),
                Row("  plan file", plan.stat().st_size / 2**20, "MiB"),
            ]
    return rows
