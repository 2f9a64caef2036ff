"""Rotating under a tight quota of writes, beside the quota's own floor and a script that starts everything at once.

Twice: with the quota known, as Microsoft's published ones are, and with a quota that is half of what is configured, as
when other applications use the other half.
"""

import json
from pathlib import Path

from big_tenant import BigTenant
from measured import azremediate
from plain import run_plain
from rotations import end_state, gathered
from served_lab import ServedLab
from stage import Size, lab_of, list_of, tenant_of
from table import Row

_SIZE = Size(applications=220, principals=300, users=100, leaked=200)
_PUBLISHED = 3000
"""Writes in 150 s, by Microsoft's throttling limits."""
_SCALE = 0.1
"""Of that quota, so that two hundred rotations use it up and a measurement takes a minute."""
_WRITES = int(_PUBLISHED * _SCALE)
_WRITES_PER_ROTATION = 2
_OVER_FLOOR = 1.10
_SHARE_OF_429 = 0.02


def measure_throttled(folder: Path) -> list[Row]:
    """The script first, then the tool with the quota known and not known."""
    tenant = tenant_of(folder, _SIZE)
    count = len(tenant.leaked)
    with lab_of(folder / "gather", tenant, throttle=_profile(folder, _WRITES)) as lab:
        gather = run_plain(lab, tenant.leaked, mode="rotate", how="gather")
        gather_clean, gather_issued = end_state(lab, tenant.leaked)
    return [
        *_applied(folder / "known", tenant, _WRITES, known=True),
        *_applied(folder / "unknown", tenant, _WRITES, known=False),
        *gathered(gather, count, gather_clean, gather_issued),
    ]


def _profile(folder: Path, writes: int) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "throttle.json"
    file.write_text(json.dumps({"writes": {"units": writes, "seconds": 150}}), encoding="utf-8")
    return str(file)


def _applied(folder: Path, tenant: BigTenant, writes: int, *, known: bool) -> list[Row]:
    count = len(tenant.leaked)
    with lab_of(folder, tenant, throttle=_profile(folder, writes)) as lab:
        text = lab.config.read_text(encoding="utf-8")
        told = writes if known else 2 * writes
        lab.config.write_text(f"{text}throttle:\n  writes_per_150s: {told}\n", encoding="utf-8")
        leaked, plan = list_of(folder, tenant.leaked), folder / "rotate.plan.json"
        azremediate(lab.config, "plan", "rotate-exposed-secrets", "--credentials", leaked, "-o", plan)
        asked_before = _asked(lab)
        applied = azremediate(
            lab.config, "apply", plan, "--yes", "--confirm-tenant", lab.tenant_id, "--json", may_end_with=(0, 3)
        )
        asked = _asked(lab) - asked_before
        refused = sum(write["status"] == 429 for write in lab.writes())
        clean, issued = end_state(lab, tenant.leaked)
    failed = sum(one["status"] != "verified" for one in json.loads(applied.out)["results"])
    floor = (count * _WRITES_PER_ROTATION - writes) / (writes / 150)
    over, share = applied.seconds / floor, refused / asked
    return [
        Row(f"floor of the quota, {'known' if known else 'half of what is configured'}: {count} rotations", floor, "s"),
        Row("azremediate apply", applied.seconds, "s", over, "floor", f"<= {_OVER_FLOOR}", over <= _OVER_FLOOR),
        Row("  failed changes", failed, "", target="0", met=failed == 0),
        Row("  requests refused with 429", refused, "", share, "of all", "<= 0.02", share <= _SHARE_OF_429),
        Row("  applications clean at the end", clean, "apps", target=f"{count}", met=clean == count),
        Row("  secrets issued for each application", issued, "", target="1.00", met=issued == 1.0),
    ]


def _asked(lab: ServedLab) -> int:
    return sum(row["count"] for row in lab.requests() if row["service"] == "graph")
