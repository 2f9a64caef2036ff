"""Replaces the key of the audit log on request."""

import platform
from pathlib import Path

from azremediate.cli.checkpoint_note import tell_checkpoint
from azremediate.cli.configuration import configuration
from azremediate.cli.os_account import os_user
from azremediate.cli.output import Output
from azremediate.cli.settings import Settings
from azremediate.cli.system_clock import SystemClock
from azremediate.core.exit_code import ExitCode
from azremediate.core.record import Actor
from azremediate.journal.run_journal import open_journal


async def replace_key(settings: Settings, shown: Output) -> int:
    """Make the new key, and say which one it is and where its public half lies."""
    config = configuration(settings)
    actor = Actor(config.tenant_id, "", "", os_user=os_user(), host=platform.node())
    path = Path(config.state_path)
    async with open_journal(
        path,
        SystemClock(),
        operation="audit rotate-key",
        audit_settings=config.audit,
        network=config.state_network,
    ) as journal:
        old, new = await journal.rotate_key(actor)
        checkpoint = tell_checkpoint(journal, config.tenant_id, config.audit, shown)
    public = journal.state.keys / f"audit-{new}.pub.pem"
    shown.data({"old_key_id": old, "new_key_id": new, "public_key": str(public), "checkpoint": checkpoint})
    shown.text(f"Key {new} signs the audit log now; {old} is gone.\nKeep a copy of its public key elsewhere: {public}")
    return ExitCode.DONE
