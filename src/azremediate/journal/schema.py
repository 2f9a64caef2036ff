"""The tables of the journal file, and the settings with which it is opened."""

APPLICATION_ID = 0x617A7231
"""Says that an SQLite file is a journal of azremediate (`azr1`)."""

VERSION = 2

SETTINGS = {
    "locking_mode": "exclusive",
    "journal_mode": "delete",
    "synchronous": 3,
    "foreign_keys": 1,
    "trusted_schema": 0,
    "temp_store": 2,
}
"""What is set for a writing connection, as SQLite answers when asked; 3 is EXTRA: the directory is synced as well."""

TABLES = """
CREATE TABLE run (
    run_id TEXT PRIMARY KEY,
    plan_id TEXT NOT NULL UNIQUE,
    tenant_id TEXT NOT NULL,
    playbook TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT NOT NULL DEFAULT '',
    exit_code INTEGER,
    plan BLOB NOT NULL,
    checksum TEXT NOT NULL DEFAULT ''
);

CREATE TABLE change (
    run_id TEXT NOT NULL REFERENCES run (run_id),
    change_id TEXT NOT NULL,
    action TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT '',
    result TEXT,
    checksum TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (run_id, change_id)
);

CREATE TABLE step (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id TEXT NOT NULL,
    change_id TEXT NOT NULL,
    name TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    service TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    client_request_id TEXT NOT NULL,
    started_at TEXT NOT NULL,
    state TEXT NOT NULL,
    facts TEXT NOT NULL DEFAULT '{}',
    status INTEGER,
    code TEXT NOT NULL DEFAULT '',
    request_id TEXT NOT NULL DEFAULT '',
    server_time TEXT NOT NULL DEFAULT '',
    checksum TEXT NOT NULL DEFAULT '',
    UNIQUE (run_id, change_id, name, attempt),
    FOREIGN KEY (run_id, change_id) REFERENCES change (run_id, change_id)
);

CREATE TABLE chain (
    tenant_id TEXT PRIMARY KEY,
    chain_id TEXT NOT NULL UNIQUE,
    checksum TEXT NOT NULL DEFAULT ''
);

CREATE TABLE outbox (
    tenant_id TEXT NOT NULL REFERENCES chain (tenant_id),
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    file TEXT NOT NULL,
    start INTEGER NOT NULL,
    length INTEGER NOT NULL,
    unwritten BLOB,
    checksum TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, seq)
) WITHOUT ROWID;

CREATE INDEX outbox_unwritten ON outbox (tenant_id, seq) WHERE unwritten IS NOT NULL;
CREATE INDEX outbox_file ON outbox (tenant_id, file, start);
"""
"""`outbox` remembers each audit record: its hash, and its exact bytes until the file surely has them.

`checksum`: see `row_checksum`.
"""
