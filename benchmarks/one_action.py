"""One action on one object, as a responder in a hurry calls it: each round trip, and what the client itself costs."""

from pathlib import Path

from measured import azremediate
from stage import LATENCY_MS, Size, lab_of, tenant_of
from table import Row

_SIZE = Size(applications=50, principals=100, users=100, leaked=1)
_CLIENT_CPU = 1.0


def measure_one_action(folder: Path) -> list[Row]:
    """`run revoke_sessions UPN --apply`; requests by path say why each is made."""
    tenant = tenant_of(folder, _SIZE)
    with lab_of(folder / "lab", tenant) as lab:
        user = tenant.leaked[0].user_id
        ran = azremediate(
            lab.config, "run", "revoke_sessions", user, "--apply", "--yes", "--confirm-tenant", lab.tenant_id
        )
        asked = lab.requests()
    rows = [
        Row("run revoke_sessions USER --apply", ran.seconds, "s"),
        Row("  client's processor time, start included", ran.cpu, "s", target="<= 1", met=ran.cpu <= _CLIENT_CPU),
        Row("  round trips", sum(row["count"] for row in asked), ""),
        Row("  if each waited for the one before", sum(row["count"] for row in asked) * LATENCY_MS / 1000, "s"),
    ]
    return rows + [Row(f"    {row['service']} {row['method']} {row['path'][:44]}", row["count"], "") for row in asked]
