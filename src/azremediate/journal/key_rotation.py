"""Replacing the key that signs the audit log, so that who trusts the old key can trust the new one."""

import base64
import sqlite3
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from azremediate.core.clock import Clock
from azremediate.core.record import Actor, Note
from azremediate.journal.run_entries import RunEntries
from azremediate.journal.signing_key import key_id
from azremediate.journal.written_run import Books

ROTATED = "audit.key_rotated"
"""The event whose facts name the new key."""

NEW_KEY = "new_public_key"
"""The fact with the new key's 32 bytes in base64."""


async def rotate_key(books: Books, actor: Actor, clock: Clock) -> tuple[str, str]:
    """Record a new key in each chain, and sign that with both; the ids of the old and the new key.

    The new key is on disk only after the record of it. A process that dies between the two leaves a record of a key
    that never signs; one that dies later has its rotation completed by the next writing opening.
    """
    key = Ed25519PrivateKey.generate()
    signer = books.audit.signer
    old = signer.key_id
    new = key_id(key.public_key())
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    note = Note(ROTATED, facts={"old_key_id": old, "new_key_id": new, NEW_KEY: public})

    def work(connection: sqlite3.Connection) -> None:
        for (tenant_id,) in connection.execute("SELECT tenant_id FROM chain ORDER BY 1").fetchall():
            entries = RunEntries("", "", replace(actor, tenant_id=tenant_id), clock)
            books.audit.add(connection, tenant_id, entries.noted(note))
        signer.replace_key(key)

    await books.database.write(work)
    return old, new
