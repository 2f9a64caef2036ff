"""Notices that tests write, and how they are read."""

from io import BytesIO
from pathlib import Path

from openpyxl import Workbook

from azremediate.core.notice_reading import NoticeReading
from azremediate.intake.notice_file import NoticeOptions, read_notice

HEADER = "Internet Message Id,Mailbox,Sender,Recipients,Subject,Date Sent,Contains Secret,Secret Type,Notice Id"
ROW = "<a@x>,ana@contoso.com,s@microsoft.com,a@x; b@x,Hello,2024-01-15T10:00:00Z,Yes,Client Secret,N-1"

OBJECT: dict[str, object] = {
    "internetMessageId": "<a@x>",
    "from": {"emailAddress": {"name": "S", "address": "s@x"}},
    "toRecipients": [{"emailAddress": {"address": "a@x"}}, {"emailAddress": {"address": "b@x"}}],
    "sentDateTime": "2024-01-15T10:00:00Z",
    "hasSecret": True,
    "size": 12,
}
"""A message as Microsoft Graph writes it."""


def reading(
    folder: Path, content: str | bytes, options: NoticeOptions | None = None, name: str = "notice.csv"
) -> NoticeReading:
    """What is read of a notice with this content."""
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_notice(file, options or NoticeOptions("microsoft"))


def workbook(*rows: list[object], title: str = "Notice", more: tuple[str, ...] = ()) -> bytes:
    """A workbook with these rows in its first sheet and the same in others."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name in (title, *more):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()
