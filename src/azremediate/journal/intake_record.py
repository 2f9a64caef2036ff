"""The record of the audit log that says which files were taken in from outside, by their hashes and counts."""

import sqlite3

from azremediate.core.clock import Clock
from azremediate.core.json_value import JsonObject
from azremediate.core.record import Actor, Note
from azremediate.journal.run_entries import RunEntries
from azremediate.journal.written_run import Books

READ = "intake.read"
"""The event whose facts name the files."""


async def record_intake(books: Books, actor: Actor, clock: Clock, facts: JsonObject) -> None:
    """Write it into the chain of the actor's tenant, outside of any run; returns after it is on disk."""
    entry = RunEntries("", "", actor, clock).noted(Note(READ, facts=facts))

    def work(connection: sqlite3.Connection) -> None:
        books.audit.add(connection, actor.tenant_id, entry)

    await books.database.write(work)
