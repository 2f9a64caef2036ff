"""Which column of a notice holds which field: guessed from the headers, or as somebody's map says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from azremediate.core.errors import InputInvalid
from azremediate.intake.wording import MOST_SHOWN, quoted, suggest

_MESSAGE_ID = "internetmessageid messageid internetmsgid msgid rfcmessageid rfc822messageid"
_MAILBOX = "mailbox mailboxname mailboxupn mailboxaddress mailboxowner mailboxuser affectedmailbox"
_USER = "userprincipalname upn mailboxuserprincipalname affecteduser user account"
_SENDER = "sender from senderaddress fromaddress senderemail senderemailaddress sentby"
_RECIPIENTS = (
    "recipients recipient to torecipients recipientaddress recipientaddresses toaddress toaddresses recipientemail "
    "recipientemails sentto"
)
_SUBJECT = "subject subjectline messagesubject emailsubject mailsubject"
_SENT = (
    "sent sentdatetime datesent senttime sentdate sentat senton timesent sentdatetimeutc sentutc datesentutc "
    "senttimeutc"
)
_RECEIVED = "received receiveddatetime datereceived receivedtime receiveddate receivedon receivedutc"
_DATE = "date datetime timestamp messagedate emaildate maildate"
_HAS_SECRET = (
    "hassecret hassecrets containssecret containssecrets secretflag secretpresent secretfound secretdetected "
    "containscredential containscredentials hascredential hascredentials"
)
_FLAG = "flag flagged secret secrets"
_SECRET_TYPE = (
    "secrettype secrettypes typeofsecret credentialtype credentialtypes secretkind secretcategory credentialkind "
    "secretclass"
)
_NOTICE_ID = "noticeid notice notificationid noticenumber noticeref"
_CASE = "case caseid casenumber caseref incident incidentid reference referenceid ticket"

FIELDS: Mapping[str, tuple[str, ...]] = {
    "message_id": (_MESSAGE_ID,),
    "mailbox": (_MAILBOX, _USER),
    "sender": (_SENDER,),
    "recipients": (_RECIPIENTS,),
    "subject": (_SUBJECT,),
    "sent": (_SENT, _RECEIVED, _DATE),
    "has_secret": (_HAS_SECRET, _FLAG),
    "secret_type": (_SECRET_TYPE,),
    "notice_id": (_NOTICE_ID, _CASE),
}
"""For each field the headers that mean it, letters and digits only; a group counts when none before it is there."""

_BY_NAME = {name for groups in FIELDS.values() for group in groups for name in group.split()}
_REMEDY = "save a map with --save-map FILE, correct it, and pass it with --map FILE"


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """What somebody decided: the column of each field, by its header. file: where it is written, for messages."""

    columns: Mapping[str, str]
    file: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """The column of each field, and the fields for which several columns would do."""

    columns: Mapping[str, str]
    unclear: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def names_field(header: str) -> bool:
    """Whether a header is one of the known words for a field."""
    return _plain(header) in _BY_NAME


def choose_columns(headers: Sequence[str], column_map: ColumnMap | None, file: str) -> ColumnChoice:
    """The columns of a notice; `InputInvalid` when a map names one that the notice does not have."""
    if column_map is None:
        return _guessed(headers)
    for name, column in column_map.columns.items():
        if column not in headers:
            hint = suggest(column, headers[:MOST_SHOWN], "its columns")
            line = column_map.lines.get(name)
            raise InputInvalid(
                f"{name} is to be in the column {quoted(column)}, which {file} does not have",
                file=column_map.file,
                line=line,
                hint=f"{hint}; correct the map",
            )
    return ColumnChoice(column_map.columns)


def check_choice(choice: ColumnChoice, file: str, line: int | None) -> None:
    """Raise `InputInvalid` when several columns would do for a field, or when messages cannot be told apart."""
    for name, columns in choice.unclear.items():
        which = " and ".join(map(quoted, columns[:MOST_SHOWN]))
        raise InputInvalid(f"several columns could be its {name}: {which}", file=file, line=line, hint=_REMEDY)
    if "message_id" in choice.columns or {"mailbox", "sent"} <= set(choice.columns):
        return
    raise InputInvalid(
        "no column holds the internet message id, nor both mailbox and time", file=file, line=line, hint=_REMEDY
    )


def _guessed(headers: Sequence[str]) -> ColumnChoice:
    by_plain: dict[str, list[str]] = {}
    for header in headers:
        by_plain.setdefault(_plain(header), []).append(header)
    columns: dict[str, str] = {}
    unclear: dict[str, tuple[str, ...]] = {}
    for name, groups in FIELDS.items():
        candidates = ([one for plain in group.split() for one in by_plain.get(plain, ())] for group in groups)
        fitting = next((found for found in candidates if found), [])
        if len(fitting) == 1:
            columns[name] = fitting[0]
        elif fitting:
            unclear[name] = tuple(sorted(fitting, key=headers.index))
    return ColumnChoice(columns, unclear)


def _plain(header: str) -> str:
    return "".join(char for char in header.casefold() if char.isalnum())
