"""Why a part of a message was not analysed, in the words that reports show."""

from enum import StrEnum


class Reason(StrEnum):
    """One reason each; docs/mail.md lists them."""

    ENCRYPTED = "encrypted"
    ENCRYPTED_MAIL = "encrypted mail (S/MIME)"
    RIGHTS = "rights-protected mail (RMS)"
    IMAGE = "image: text in it is not read"
    MEDIA = "sound or video"
    ARCHIVE = "archive of a kind that is not opened"
    BINARY = "binary file of an unknown kind"
    OLD = "in a form that is not read: save it as .docx or .xlsx"
    DAMAGED = "damaged"
    TOO_LARGE = "larger than the limit"
    TOO_DEEP = "nested deeper than the limit"
    TOO_MANY = "more files than the limit"
    TOO_LONG = "taking it apart took longer than the limit"
