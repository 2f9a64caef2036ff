"""The configuration file with which azremediate works against a lab."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from azremediate.lab.store import Store


def render_configuration(
    store: Store,
    *,
    client_id: str,
    endpoints: Mapping[str, str],
    ca_bundle: Path,
    secret_file: Path,
    state: Path,
) -> str:
    """Return the YAML text; the responder's secret is not in it, only the name of its file."""
    break_glass = [store.named[name] for name in sorted(store.named) if name.startswith("break-glass")]
    lines = [
        "# Written by the lab: a simulated tenant on this machine.",
        f"tenant_id: {_scalar(store.tenant_id)}",
        "cloud: custom",
        "endpoints:",
        *(f"  {name}: {_scalar(address)}" for name, address in endpoints.items()),
        f"  ca_bundle: {_scalar(str(ca_bundle.absolute()))}",
        "auth:",
        "  method: client-secret",
        f"  client_id: {_scalar(client_id)}",
        f"  client_secret_file: {_scalar(str(secret_file.absolute()))}",
        "state:",
        f"  path: {_scalar(str(state.absolute()))}",
        "secrets:",
        f"  vault_url: {_scalar(endpoints['vault'])}",
        "guards:",
        "  break_glass:",
        *(f"    - {_scalar(object_id)}" for object_id in break_glass),
    ]
    return "\n".join(lines) + "\n"


def _scalar(text: str) -> str:
    # A JSON string is a YAML scalar, whatever characters a path holds.
    return json.dumps(text)
