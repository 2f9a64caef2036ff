"""The records of the audit log about what came from outside: files taken in, and values of findings that were shown."""

import sqlite3

from azremediate.core.clock import Clock
from azremediate.core.json_value import JsonObject
from azremediate.core.record import Actor, Note
from azremediate.journal.run_entries import RunEntries
from azremediate.journal.written_run import Books

READ = "intake.read"
"""The event whose facts name the files."""

REVEALED = "finding.revealed"
"""The event whose facts name the finding; the value is not in them."""


async def record_intake(books: Books, actor: Actor, clock: Clock, facts: JsonObject, event: str = READ) -> None:
    """Write it into the chain of the actor's tenant, outside of any run; returns after it is on disk."""
    entry = RunEntries("", "", actor, clock).noted(Note(event, facts=facts))

    def work(connection: sqlite3.Connection) -> None:
        books.audit.add(connection, actor.tenant_id, entry)

    await books.database.write(work)
