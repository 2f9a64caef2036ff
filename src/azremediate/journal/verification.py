"""Verifying the audit log against itself and the journal; it only reads, repairs nothing and records nothing."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from azremediate.journal.audit_reading import audit_files, audit_lines, is_audit_file
from azremediate.journal.chain_check import ChainCheck, Finding, Problem, Remembered
from azremediate.journal.checkpoint import origin_of
from azremediate.journal.checkpoint_check import CheckpointCheck, Retained
from azremediate.journal.checkpoint_file import kept_notes
from azremediate.journal.connection import open_for_reading
from azremediate.journal.key_trust import KeyTrust
from azremediate.journal.signing_key import public_keys as own_keys
from azremediate.journal.signing_key import read_public_key
from azremediate.journal.state_directory import StateDirectory, existing_state_directory

_ROWS = "SELECT seq, hash, file, length, unwritten FROM outbox WHERE tenant_id = ? ORDER BY seq"


@dataclass(frozen=True, slots=True)
class ChainHead:
    """How far one tenant's chain was found as it was written; `signed` records of it are covered by checkpoints."""

    tenant_id: str
    chain_id: str
    seq: int
    hash: str
    signed: int = 0


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What verification of a state directory found.

    Of several problems the first one is told: `file` is relative to the folder of the log, `line` counts from 1 and is
    0 where the line is missing, `seq` is the first record that is not as it was written. records: how many are.
    """

    finding: Finding
    reason: str = ""
    file: str = ""
    line: int = 0
    seq: int = 0
    records: int = 0
    heads: tuple[ChainHead, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every record is as it was written and none is missing."""
        return self.finding is Finding.OK


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What the verdict is found from: journal, log, the keys that are trusted, and checkpoints kept elsewhere."""

    connection: sqlite3.Connection
    state: StateDirectory
    files: Sequence[str]
    keys: Sequence[Ed25519PublicKey]
    retained: Sequence[Retained]

    def of_tenant(self, tenant_id: str) -> list[str]:
        """The files of one tenant's chain."""
        return [name for name in self.files if name.startswith(f"{tenant_id}/")]


def verify_audit(path: Path, *, checkpoints: Sequence[Path] = (), public_keys: Sequence[Path] = ()) -> AuditVerdict:
    """Verify the audit log of the state directory at `path`.

    Detects what was altered, removed, inserted, moved or cut off since it was written: against the journal beside it,
    against its own signed checkpoints, and against the `checkpoints` that were kept elsewhere. public_keys: PEM files
    of the keys to trust; without any, those in the state directory itself. Raises `ConfigInvalid` when there is no such
    directory, `RunLocked` while a run writes, `IntegrityBroken` when the journal is damaged, `InputInvalid` when a file
    that was named cannot be used.
    """
    retained = [Retained(str(file), *kept) for file in checkpoints for kept in kept_notes(file)]
    named = [read_public_key(file) for file in public_keys]
    state = existing_state_directory(path)
    files = audit_files(state.audit)
    if not state.journal.is_file() or state.journal.stat().st_size == 0:
        return AuditVerdict(Finding.NO_JOURNAL, f"{state.journal} is gone, and with it what the log must end with")
    for name in files:
        if not is_audit_file(name):
            return AuditVerdict(Finding.MODIFIED, "this is no file of the log", name)
    with closing(open_for_reading(state)) as connection:
        return _verdict(_Evidence(connection, state, files, named or own_keys(state.keys), retained))


def _verdict(evidence: _Evidence) -> AuditVerdict:
    chains: dict[str, str] = dict(evidence.connection.execute("SELECT tenant_id, chain_id FROM chain").fetchall())
    heads: list[ChainHead] = []
    warnings: list[str] = []
    problem: Problem | None = None
    for tenant_id in sorted(set(chains) | {name.split("/")[0] for name in evidence.files}):
        if tenant_id not in chains:
            first = evidence.of_tenant(tenant_id)[0]
            problem = problem or Problem(Finding.ROLLED_BACK, "the journal does not know this tenant", first, 1, 1)
            continue
        head, found, clock_warnings = _check_chain(evidence, tenant_id, chains[tenant_id])
        problem = problem or found
        heads.append(head)
        warnings.extend(clock_warnings)
    problem = problem or _missing_chain(evidence.retained, chains)
    records = sum(head.seq for head in heads)
    if problem is None:
        return AuditVerdict(Finding.OK, records=records, heads=tuple(heads), warnings=tuple(warnings))
    return AuditVerdict(
        problem.finding,
        problem.reason,
        problem.file,
        problem.line,
        problem.seq,
        records,
        tuple(heads),
        tuple(warnings),
    )


def _check_chain(evidence: _Evidence, tenant_id: str, chain_id: str) -> tuple[ChainHead, Problem | None, list[str]]:
    origin = origin_of(tenant_id, chain_id)
    retained = [kept for kept in evidence.retained if kept.checkpoint.origin == origin]
    signatures = CheckpointCheck(origin, evidence.state.audit / tenant_id, KeyTrust(origin, evidence.keys), retained)
    lines = audit_lines(evidence.state.audit, evidence.of_tenant(tenant_id))
    check = ChainCheck(chain_id, _remembered(evidence.connection, tenant_id), lines, signatures.saw)
    problem = check.run() or signatures.finish()
    if (problem is None or problem.finding is Finding.UNSIGNED_TAIL) and (
        why := check.told.contradicted_by(evidence.connection, tenant_id)
    ):
        problem = Problem(Finding.CONTRADICTED, why, "", 0, 0)
    return ChainHead(tenant_id, chain_id, check.seq, check.head, signatures.signed), problem, check.warnings


def _missing_chain(retained: Sequence[Retained], chains: Mapping[str, str]) -> Problem | None:
    """A checkpoint of a chain that is not here any more."""
    origins = {origin_of(tenant_id, chain_id) for tenant_id, chain_id in chains.items()}
    for kept in retained:
        if kept.checkpoint.origin not in origins:
            began_anew = kept.checkpoint.origin.split("/")[1] in chains
            finding = Finding.FORKED if began_anew else Finding.ROLLED_BACK
            return Problem(finding, f"the log of {kept.checkpoint.origin} is not here", kept.file, 0, 1)
    return None


def _remembered(connection: sqlite3.Connection, tenant_id: str) -> Iterator[Remembered]:
    for seq, digest, file, length, unwritten in connection.execute(_ROWS, (tenant_id,)):
        yield Remembered(seq, digest, file, length, unwritten)
