"""When the writes that cut an attacker off leave, in a run that has slow work to do as well."""

from datetime import datetime
from pathlib import Path

from measured import azremediate
from stage import LATENCY_MS, Size, lab_of, list_of, tenant_of
from table import Row

_SIZE = Size(applications=1_050, principals=1_200, users=200, leaked=1_000)
_USERS = 100
_FIRST = 0.05
_CONTAINS = ("revokesigninsessions",)


def measure_containment(folder: Path) -> list[Row]:
    """Sessions of a hundred users and secrets of a thousand applications, in one plan."""
    tenant = tenant_of(folder, _SIZE)
    with lab_of(folder / "lab", tenant) as lab:
        leaked, plan = list_of(folder, tenant.leaked, users=_USERS), folder / "respond.plan.json"
        azremediate(lab.config, "plan", "respond-to-exposed-credentials", "--credentials", leaked, "-o", plan)
        writes_before = len(lab.writes())
        applied = azremediate(lab.config, "apply", plan, "--yes", "--confirm-tenant", lab.tenant_id)
        writes = [write for write in lab.writes()[writes_before:] if write["service"] == "graph" and write["effect"]]
    times = [datetime.fromisoformat(write["time"]) for write in writes]
    contains = [write["path"].lower().endswith(_CONTAINS) for write in writes]
    first = min(moment for moment, cuts in zip(times, contains, strict=True) if cuts).timestamp() - applied.began
    first -= LATENCY_MS / 1000  # the lab takes a request up that long after it left
    last = max(moment for moment, cuts in zip(times, contains, strict=True) if cuts)
    removed = [
        moment for moment, write in zip(times, writes, strict=True) if write["path"].lower().endswith("/removepassword")
    ]
    early, share = last < min(removed), first / applied.seconds
    return [
        Row(f"apply: {_USERS} users and {len(tenant.leaked)} applications", applied.seconds, "s"),
        Row("  first containment write leaves after", first, "s", share, "of the run", "<= 0.05", share <= _FIRST),
        Row("  containment writes after the first secret was removed", 0 if early else 1, "", target="0", met=early),
    ]
