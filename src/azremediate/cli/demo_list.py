"""The demo's list of leaked credentials: good rows, and the kinds of bad ones that real lists have."""

import csv
from pathlib import Path

from azremediate.lab.store import Store

FIELDS = ("kind", "identity", "key_id", "hint", "exposed_at", "confidence", "source", "note")
_EXPOSED = "2024-01-19"


def write_list(path: Path, store: Store) -> int:
    """Write the list and return its number of rows."""
    rows = [
        _secret(store, "payroll-api", "primary", note="in a mail to the vendor"),
        _secret(store, "payroll-api", "primary", note="the same again, from a second notice"),
        _secret(store, "hr-sync", "primary", note="a secret on the application"),
        _secret(store, "hr-sync", "on-principal", note="and one on its service principal"),
        _secret(store, "billing-worker", "primary", by_hint=True, note="the hint fits two secrets: both go"),
        _secret(store, "legacy-export", "primary", note="unused for months"),
        _secret(store, "old-intranet", "primary", note="unused for a year"),
        {"kind": "client-secret", "identity": "Data Portal", "note": "two applications have this name"},
        {"kind": "client-secret", "identity": "0f0f0f0f-0000-4000-8000-000000000000", "note": "not in this tenant"},
        {"kind": "cookie", "identity": "payroll-api", "note": "no such kind"},
        {"kind": "client-secret", "identity": "", "note": "no identity"},
        {"kind": "session", "identity": f"amira.user@{store.domain}", "note": "token seen elsewhere"},
        {"kind": "user-password", "identity": f"hana.hybrid@{store.domain}", "note": "mastered on-premises"},
        {"kind": "certificate", "identity": _app_id(store, "cert-gateway"), "note": "private key in an attachment"},
        {"kind": "other", "identity": "build-server token", "note": "outside Entra"},
    ]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, FIELDS, restval="")
        writer.writeheader()
        writer.writerows({"exposed_at": _EXPOSED, "confidence": "known", "source": "notice", **row} for row in rows)
    return len(rows)


def _secret(store: Store, name: str, label: str, *, by_hint: bool = False, note: str) -> dict[str, str]:
    row = {"kind": "client-secret", "identity": _app_id(store, name), "note": note}
    key_id = store.named[f"{name}:{label}"]
    if not by_hint:
        return {**row, "key_id": key_id}
    secrets = store.applications[store.named[name]]["passwordCredentials"]
    return {**row, "hint": next(str(secret["hint"]) for secret in secrets if secret["keyId"] == key_id)}


def _app_id(store: Store, name: str) -> str:
    return str(store.applications[store.named[name]]["appId"])
