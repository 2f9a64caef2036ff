"""The audit log is asked for the events on one object since a time, and for its oldest row."""

from datetime import timedelta

from azremediate.lab.clock import wire_time
from azremediate.lab.store import Store
from tests.lab.graph.caller import ContractClient


def test_events_on_one_object_since_a_time(graph: ContractClient, store: Store) -> None:
    """Only what happened to this object, and only since then; the oldest row is found by ordering."""
    amira, ben = store.named["amira.user"], store.named["ben.user"]
    started = store.clock.now()
    for user in (amira, ben):
        assert graph.send("POST", f"users/{user}/revokeSignInSessions").status == 200

    def asked(since: str) -> list[str]:
        wanted = f"activityDateTime ge {since} and targetResources/any(t: t/id eq '{amira}')"
        rows = graph.get(f"auditLogs/directoryAudits?$filter={wanted}").json["value"]
        return [row["targetResources"][0]["id"] for row in rows]

    assert asked(wire_time(started - timedelta(seconds=1))) == [amira]
    assert asked(wire_time(started + timedelta(hours=1))) == []
    oldest = graph.get("auditLogs/directoryAudits?$orderby=activityDateTime asc&$top=1").json["value"]
    assert [row["activityDateTime"] for row in oldest] == [store.directory_audits[0]["activityDateTime"]]
