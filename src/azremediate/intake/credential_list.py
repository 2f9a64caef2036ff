"""Read a credential list: rows in are rows used, rows merged and rows rejected, and nothing else."""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from azremediate.core.credential import CompromisedCredential, Confidence, CredentialList, RejectedRow
from azremediate.core.errors import InputInvalid
from azremediate.core.manual_task import TASK_COLUMNS
from azremediate.core.notice import MESSAGE_COLUMNS
from azremediate.intake.bounded_file import read_bounded
from azremediate.intake.credential_row import Remark, check_row
from azremediate.intake.credential_rows import FIELDS, read_rows
from azremediate.intake.wording import MOST_SHOWN, meant, numbers, quoted, smells_of_secret

MAX_BYTES = 50 << 20

_MISSING = "name a CSV file with the columns kind,identity,key_id,hint,exposed_at,confidence,source,note"


def read_credentials(path: Path, *, strict: bool = False) -> CredentialList:
    """A credential list of at most 50 MiB and 200,000 rows in CSV, as JSON array or as JSON Lines.

    A row that cannot be used is rejected with its reason and the others go on; with `strict` any of them raises
    `InputInvalid`, which lists them all.
    """
    content = read_bounded(path, MAX_BYTES, missing=_MISSING, what="the credential list")
    return parse_credentials(content, str(path), strict=strict)


def parse_credentials(content: bytes, file: str, *, strict: bool = False) -> CredentialList:
    """A credential list from the bytes of its file."""
    groups: dict[tuple[str, ...], list[CompromisedCredential]] = {}
    rejected: list[RejectedRow] = []
    remarks: dict[Remark, list[int]] = {}
    columns: dict[str, None] = {}
    rows = 0
    for row in read_rows(content, file):
        rows += 1
        columns.update(dict.fromkeys(row.context))
        checked = check_row(row)
        for remark in checked.remarks:
            remarks.setdefault(remark, []).append(row.line)
        if checked.credential is None:
            rejected.append(RejectedRow(row.line, "; ".join(checked.reasons)))
        else:
            groups.setdefault(_sameness(checked.credential), []).append(checked.credential)
    if strict and rejected:
        raise _refusal(rejected, file)
    return CredentialList(
        name=_storable(Path(file).name),
        sha256=sha256(content).hexdigest(),
        rows=rows,
        credentials=tuple(_merged(group) for group in groups.values()),
        merged=sum(len(group) - 1 for group in groups.values()),
        rejected=tuple(rejected),
        warnings=(*_column_warnings(columns), *_remark_warnings(remarks), *(() if rows else ("the list has no rows",))),
    )


def _storable(name: str) -> str:
    """The name as JSON can carry it: Python keeps bytes of a file name that are no text as half characters."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _sameness(credential: CompromisedCredential) -> tuple[str, ...]:
    """What two rows have in common that mean the same credential.

    Directory names and resource ids are compared without case, as Microsoft's services compare them; the case of a
    secret's first characters and of a credential's name matters.
    """
    return credential.kind, credential.identity.casefold(), credential.key_id, credential.hint


def _merged(group: list[CompromisedCredential]) -> CompromisedCredential:
    """One credential out of rows that say the same: the surest, the earliest, and everything that was told."""
    first = group[0]
    if len(group) == 1:
        return first
    moments = [item.exposed_at for item in group if item.exposed_at is not None]
    sure = any(item.confidence is Confidence.KNOWN for item in group)
    return replace(
        first,
        exposed_at=min(moments, default=None),
        confidence=Confidence.KNOWN if sure else Confidence.SUSPECTED,
        source=_joined(item.source for item in group),
        note=_joined(item.note for item in group),
        lines=tuple(line for item in group for line in item.lines),
        context=tuple(dict.fromkeys(pair for item in group for pair in item.context)),
    )


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))


def _column_warnings(columns: Iterable[str]) -> list[str]:
    names = [name for name in columns if name.strip().casefold() not in (*TASK_COLUMNS, *MESSAGE_COLUMNS)]
    warnings = [_column_warning(name) for name in names[:MOST_SHOWN]]
    return [*warnings, f"and {len(names) - MOST_SHOWN} more columns are not known"] if names[MOST_SHOWN:] else warnings


def _column_warning(name: str) -> str:
    if smells_of_secret(name):
        return f"column {quoted(name)} seems to hold secrets and was left out: secrets do not belong in this file"
    close = meant(name, FIELDS)
    return f"column {quoted(name)} is not known and was kept as context{f'; {close}' if close else ''}"


def _remark_warnings(remarks: dict[Remark, list[int]]) -> list[str]:
    return [
        f"{remark} in {numbers(remarks[remark])}: secrets do not belong in this file"
        for remark in Remark
        if remark in remarks
    ]


def _refusal(rejected: list[RejectedRow], file: str) -> InputInvalid:
    texts = [row.reason if index == 0 else f"{file}:{row.line}: {row.reason}" for index, row in enumerate(rejected)]
    if len(texts) > MOST_SHOWN:
        texts[MOST_SHOWN:] = [f"and {len(texts) - MOST_SHOWN} more"]
    hint = "correct these rows, or leave out --strict to go on without them"
    return InputInvalid("\n".join(texts), file=file, line=rejected[0].line, hint=hint)
