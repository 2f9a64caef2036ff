"""Durable record of runs: the journal that makes writes resumable, and the audit log that shows what was done."""
