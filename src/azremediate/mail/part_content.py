"""What a file in a message is, by its name and first bytes, and what of it can be read."""

from azremediate.mail import archive, office_document
from azremediate.mail.budget import Budget
from azremediate.mail.decoded_text import decoded, is_text
from azremediate.mail.embedded_object import embedded_objects
from azremediate.mail.html_text import html_text
from azremediate.mail.message import FilePart
from azremediate.mail.old_office import old_office_text
from azremediate.mail.ole_file import OLE_SIGNATURE
from azremediate.mail.outlook_message import outlook_message
from azremediate.mail.pdf_text import pdf_text
from azremediate.mail.reasons import Reason
from azremediate.mail.recorded_traffic import may_be_recorded, recorded_traffic
from azremediate.mail.rich_text import rich_text
from azremediate.mail.winmail import winmail_message

_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF", b"\x00\x00\x01\x00")
_IMAGE_NAMES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic", ".ico", ".emf", ".wmf")
_MEDIA_NAMES = (".mp3", ".mp4", ".wav", ".m4a", ".mov", ".avi", ".mkv", ".ogg", ".flac", ".webm", ".wmv")
_KEY_NAMES = (".pfx", ".p12", ".der", ".key", ".jks", ".keystore", ".bcfks", ".kdbx", ".p8", ".pk8")
_OLD_NAMES = (".doc", ".dot", ".xls", ".xlt", ".ppt", ".pps", ".pot", ".msg")
_CLOSED = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"MSCF", b"\x60\xea", b"LHA", b"ITSF")


def read_file(name: str, data: bytes, path: str, budget: Budget, depth: int) -> bool:
    """Add what a file holds to the budget's parts; False when it is a message, which the caller takes apart."""
    lowered = name.lower()
    if lowered.endswith((".eml", ".mht", ".mhtml")) and is_text(data):
        return False
    if archive.is_archive(data):
        _read_archive(name, data, path, budget, depth)
    elif data.startswith(b"%PDF"):
        _read_pdf(data, path, budget)
    elif data.startswith(b"{\\rtf"):
        budget.text(path, rich_text(decoded(data)), "text/rtf")
    elif _is_key(lowered, data):
        budget.files.append(FilePart(path, name, data))
        if is_text(data):
            budget.text(path, decoded(data))
    elif (message := _message_within(data, path, budget)) is not None:
        budget.take_message(message, path, budget, depth + 1)
    elif data.startswith(OLE_SIGNATURE) and _read_ole(data, path, budget, depth):
        pass
    elif (reason := _unreadable(lowered, data)) is not None:
        budget.miss(path, reason, len(data))
    else:
        _read_text(lowered, decoded(data), path, budget)
    return True


def _read_text(name: str, text: str, path: str, budget: Budget) -> None:
    head = text[:200].lstrip().lower()
    if is_json(name, text):
        read_json(path, text, budget)
    elif name.endswith((".html", ".htm", ".xhtml")) or head.startswith(("<!doctype html", "<html")):
        budget.text(path, html_text(text), "text/html")
    else:
        budget.text(path, text)


def is_json(name: str, text: str) -> bool:
    """Whether a text is JSON by its name in small letters, or begins as a recording of traffic."""
    return name.endswith((".har", ".json")) or may_be_recorded(text)


def read_json(path: str, text: str, budget: Budget, *, twin: bool = False) -> None:
    """Add a JSON text, and as its twin what a recording of traffic in it says."""
    budget.text(path, text, "application/json", twin=twin)
    if (traffic := recorded_traffic(text)) is not None:
        budget.text(path, traffic, "application/json", twin=True)


def begins_as_picture(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a picture."""
    return head.startswith(_IMAGES)


def _message_within(data: bytes, path: str, budget: Budget) -> bytes | None:
    """The message that Outlook keeps in a file of its own, as raw message."""
    found = outlook_message(data) if data.startswith(OLE_SIGNATURE) else winmail_message(data)
    if found is None:
        return None
    for one in found.missed:
        budget.miss(f"{path}/{one.place}".rstrip("/"), one.reason, one.size)
    return found.raw


def _is_key(name: str, data: bytes) -> bool:
    return name.endswith(_KEY_NAMES) or (
        data[:1] == b"\x30" and data[4:8] in (b"\x02\x01\x03\x30", b"\x02\x01\x00\x02", b"\x02\x01\x00\x30")
    )


def _unreadable(name: str, data: bytes) -> Reason | None:
    if name.endswith(".rpmsg"):
        return Reason.RIGHTS
    if name.endswith(_IMAGE_NAMES) or data.startswith(_IMAGES):
        return Reason.IMAGE
    if name.endswith(_MEDIA_NAMES):
        return Reason.MEDIA
    if data.startswith(_CLOSED):
        return Reason.ARCHIVE
    if data.startswith(OLE_SIGNATURE):
        if b"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k" in data:
            return Reason.ENCRYPTED
        return Reason.DAMAGED if name.endswith(_OLD_NAMES) else Reason.BINARY
    return None if is_text(data) else Reason.BINARY


def _read_archive(name: str, data: bytes, path: str, budget: Budget, depth: int) -> None:
    names = archive.names_of(data) if data.startswith(b"PK") else []
    if office_document.is_document(names):
        _read_document(data, names, path, budget, depth)
        return
    for entry in archive.entries(data, path, budget, depth + 1):
        place = f"{path}/{entry.name}"
        if not read_file(entry.name, entry.data, place, budget, depth + 1):
            budget.take_message(entry.data, place, budget, depth + 1)


def _read_document(data: bytes, names: list[str], path: str, budget: Budget, depth: int) -> None:
    shared: list[str] = []
    texts = []
    if office_document.is_binary_workbook(names):
        budget.miss(path, Reason.OLD, len(data))
    for entry in archive.entries(data, path, budget, depth + 1):
        if office_document.is_text_of_document(entry.name):
            xml = decoded(entry.data)
            if entry.name.endswith("sharedStrings.xml"):
                shared = office_document.shared_strings(xml)
            texts.append((entry.name, xml))
        elif entry.name == "META-INF/manifest.xml" and office_document.is_encrypted(decoded(entry.data)):
            budget.miss(path, Reason.ENCRYPTED, len(data))
            return
        elif _is_file(entry) and entry.name != "mimetype":
            place = f"{path}/{entry.name}"
            if not read_file(entry.name, entry.data, place, budget, depth + 1):
                budget.take_message(entry.data, place, budget, depth + 1)
    for name, xml in texts:
        if not name.endswith("sharedStrings.xml") or "xl/worksheets/sheet1.xml" not in dict(texts):
            budget.text(f"{path}/{name}", office_document.document_text(name, xml, shared), "text/xml")


def _read_ole(data: bytes, path: str, budget: Budget, depth: int) -> bool:
    """Add the texts, files and macros of an OLE file; False when it has none of them."""
    found = old_office_text(data)
    if found is not None:
        budget.text(path, found.text, "application/msword")
        if found.missed is not None:
            budget.miss(path, found.missed, len(data))
            if found.missed in (Reason.ENCRYPTED, Reason.RIGHTS):
                return True
    known = found is not None
    for one in embedded_objects(data):
        known = True
        place = f"{path}/{one.name}"
        if one.data is None:
            budget.miss(place, one.reason, 0)
        elif budget.may_open(place, len(one.data), depth + 1):
            if budget.unpacked + len(one.data) > budget.limits.unpacked:
                budget.miss(place, Reason.TOO_LARGE, len(one.data))
                break
            budget.unpacked += len(one.data)
            if not read_file(one.name, one.data, place, budget, depth + 1):
                budget.take_message(one.data, place, budget, depth + 2)
    return known


def _is_file(entry: archive.Entry) -> bool:
    """Whether an entry of a document is a file of its own: a picture, an object, macros, but no settings."""
    return (
        entry.data.startswith(OLE_SIGNATURE)
        if entry.name.endswith(".bin")
        else not entry.name.endswith((".xml", ".rels"))
    )


def _read_pdf(data: bytes, path: str, budget: Budget) -> None:
    found = pdf_text(data, seconds=min(30.0, max(1.0, budget.deadline - budget.clock())))
    if isinstance(found, Reason):
        budget.miss(path, found, len(data))
    else:
        budget.text(path, found, "application/pdf")
