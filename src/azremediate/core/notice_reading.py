"""What came of reading notices: rows accepted, merged and rejected, by which columns, and what files differ in."""

from collections.abc import Mapping
from dataclasses import dataclass

from azremediate.core.notice import NoticedMessage


@dataclass(frozen=True, slots=True)
class DuplicateRow:
    """A row about a message of which an earlier row told; `differs` names the fields in which the two say otherwise."""

    file: str
    row: int
    of_file: str
    of_row: int
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RejectedNoticeRow:
    """A row that cannot be used, with the reason and where it stands."""

    file: str
    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class NoticeReading:
    """A notice as it was read: rows = messages + duplicates + rejected.

    sha256: of the file's bytes, hexadecimal. columns: which column each field was taken from. others: the columns that
    no field takes and that are kept as context.
    """

    name: str
    sha256: str
    source: str
    rows: int
    messages: tuple[NoticedMessage, ...]
    duplicates: tuple[DuplicateRow, ...]
    rejected: tuple[RejectedNoticeRow, ...]
    columns: Mapping[str, str]
    others: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageDifference:
    """A message that not all notices tell, or not all in the same words.

    notices: the names of those that tell it. differs: fields in which these say otherwise; fields that one of them has
    no column for are not compared.
    """

    message_id: str
    notices: tuple[str, ...]
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Several notices held against each other, by message id.

    shared: for each set of notices, how many messages exactly these tell. differing: for each field, in how many
    messages notices say otherwise. without_id: messages that cannot be compared because they have no id.
    """

    notices: tuple[str, ...]
    shared: Mapping[tuple[str, ...], int]
    differing: Mapping[str, int]
    differences: tuple[MessageDifference, ...]
    without_id: int
