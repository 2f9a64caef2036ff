"""Checks the audit log for a report: a log that cannot be trusted is a result, not a reason to give no report."""

from pathlib import Path

from azremediate.core.config import Config
from azremediate.core.errors import IntegrityBroken
from azremediate.journal.verification import verify_audit
from azremediate.report.run_report import AuditState


def audit_state(config: Config, tenant_id: str) -> tuple[bool, AuditState]:
    """Whether the log is as it was written, and what a report says of it; the head is that of the tenant's chain."""
    try:
        verdict = verify_audit(Path(config.state_path))
    except IntegrityBroken as error:
        return False, AuditState(f"cannot be verified: {error.message}", 0, "")
    head = next((one.hash for one in verdict.heads if one.tenant_id.lower() == tenant_id.lower()), "")
    said = f"{verdict.finding}: {verdict.reason}" if verdict.reason else str(verdict.finding)
    return verdict.ok, AuditState(said, verdict.records, head)
