"""Tests of the journal, the audit log, the lock and logging."""
