"""Prints the newest checkpoint of the audit log, so that a build log keeps it, and says which anchors failed."""

from azremediate.cli.output import Output
from azremediate.core.config import Anchor, AnchorKind, AuditSettings
from azremediate.journal.checkpoint_file import one_line
from azremediate.journal.run_journal import FileJournal


def tell_checkpoint(journal: FileJournal, tenant_id: str, settings: AuditSettings, shown: Output) -> str | None:
    """The newest checkpoint as it stands in a file; None while nothing is signed.

    A note goes to standard error, because standard output belongs to the result; `--checkpoint` understands both.
    """
    for anchor, why in journal.failing_anchors.items():
        shown.warn(f"the audit log's checkpoint could not be told to {anchor.kind} {anchor.place}: {why}")
    note = journal.checkpoint(tenant_id)
    if note is None:
        return None
    if Anchor(AnchorKind.STDOUT) in settings.anchors:
        shown.note(one_line(note))
    return note.encode()
