"""The text of Office Open XML and OpenDocument files: runs of one paragraph are one text."""

import html
import re
from collections.abc import Iterator

_BREAKS = re.compile(
    r"</(?:w|a):p>|<(?:w|a):br\b[^<>]*>|<w:cr/>|</row>|</x:row>|</si>|</text:p>|</text:h>|</comment>|<text:line-break\s*/>|</Relationship>"
)
_CELLS = re.compile(r"</w:tc>|</c>|</x:c>|</a:tc>|</table:table-cell>|<w:tab\s*/>|<text:tab\s*/>")
_SPACES = re.compile(r"<text:s\b[^<>]*/>")
_TAG = re.compile(r"<[^<>]{0,20000}>")
_TARGET = re.compile(r"\b(?:Target|r:link|descr|title|xlink:href)=\"([^\"]{4,8000})\"")
_VALUE = re.compile(r"<(?:v|t)\b[^<>]*>([^<]*)</(?:v|t)>")
_SETTINGS = re.compile(
    r"(?i)\[Content_Types\]\.xml|settings\.xml|META-INF/.*|Configurations2/.*|(?:\w+/)+(?:theme/.*|styles\w*|fontTable|webSettings|numbering"
    r"|calcChain|stylesWithEffects|tableStyles|viewProps|diagrams/(?:layout|colors|quickStyle)\d*|charts/(?:colors|style)\d*)\.xml"
)
_ATTRIBUTE = re.compile(r"=\"([^\"<>]{4,8000})\"")
_DESCRIBED = re.compile(r"\b(?:descr|title)=\"([^\"<>]{4,8000})\"")
_SCHEMAS = ("http://schemas.", "http://purl.org/", "http://www.w3.org/", "urn:", "clr-namespace:")
_NAMED = re.compile(r"<property\b[^<>]{0,500}?\bname=\"([^\"<>]{1,300})\"[^<>]{0,500}>")
_VARIABLE = re.compile(
    r"<w:docVar\b[^<>]{0,100}?w:name=\"([^\"<>]{1,300})\"\s{1,5}w:val=\"([^\"<>]{1,8000})\"[^<>]{0,100}>"
)
_CACHED = re.compile(r"<s\b[^<>]{0,500}?\bv=\"([^\"<>]{1,8000})\"")
_PREFIX = re.compile(r"<(/?)[A-Za-z]\w{0,20}:")
_IS_SHARED = re.compile(r"\bt=[\"']s[\"']")


def is_document(names: list[str]) -> bool:
    """Whether an archive with these files is a document."""
    return "[Content_Types].xml" in names or ("content.xml" in names and "mimetype" in names)


def is_text_of_document(name: str) -> bool:
    """Whether this file of a document may hold words: all markup but settings, styles and the like."""
    return name.endswith((".xml", ".rels")) and _SETTINGS.fullmatch(name) is None


def is_binary_workbook(names: list[str]) -> bool:
    """Whether the cells of a document are in a form that is not read (.xlsb)."""
    return "xl/workbook.bin" in names


def is_encrypted(manifest: str) -> bool:
    """Whether an OpenDocument file says in its manifest that its texts are encrypted."""
    return "encryption-data" in manifest


def document_text(name: str, xml: str, shared: list[str]) -> str:
    """Text of one file of a document; `shared` are the strings of the workbook it belongs to."""
    if "/worksheets/" in name:
        return "\n".join(_rows(_without_prefix(xml), shared))
    if "/pivotCache/" in name:
        return "\n".join(html.unescape(found) for found in _CACHED.findall(_without_prefix(xml)))
    if name.endswith(".rels"):
        return "\n".join(html.unescape(found) for found in _TARGET.findall(xml) if ":" in found)
    return plain_xml(xml)


def plain_xml(xml: str) -> str:
    """Text of markup: paragraphs break lines, cells are parted by tabs, runs are joined."""
    targets = [html.unescape(found) for found in _ATTRIBUTE.findall(xml) if _tells(found)]
    targets += [html.unescape(found) for found in _DESCRIBED.findall(xml) if not _tells(found)]
    xml = _VARIABLE.sub(r"\n\1: \2\n", _NAMED.sub(r"\n\1: ", xml))
    text = _SPACES.sub(" ", _CELLS.sub("\t", _BREAKS.sub("\n", xml)))
    return "\n".join([html.unescape(_TAG.sub("", text)), *targets])


def _tells(value: str) -> bool:
    """Whether the value of an attribute is a link or a connection, and no name of a schema."""
    return ("://" in value or "mailto:" in value or "=" in value.rstrip("=")) and not value.startswith(_SCHEMAS)


def _without_prefix(xml: str) -> str:
    """Names of a workbook's markup as Excel writes them; other programs put a prefix before each."""
    return xml if "<worksheet" in xml or "<sst" in xml else _PREFIX.sub(r"<\1", xml)


def shared_strings(xml: str) -> list[str]:
    """The strings that the cells of a workbook refer to by number."""
    return [_value(content) for _, content in _elements(_without_readings(_without_prefix(xml)), "si")]


def _without_readings(xml: str) -> str:
    """How a word is read aloud stands beside it and does not belong to it."""
    first, *others = xml.split("<rPh")
    return first + "".join(one.partition("</rPh>")[2] if "</rPh>" in one else f"<rPh{one}" for one in others)


def _elements(xml: str, name: str) -> Iterator[tuple[str, str]]:
    """(attributes, content) of each element of this name; none of them has another one within."""
    for part in xml.split(f"<{name}")[1:]:
        if part[:1] in (">", "/", " ", "\t", "\n", "\r"):
            attributes, _, content = part.partition(">")
            yield attributes, "" if attributes.endswith("/") else content.partition(f"</{name}>")[0]


def _value(content: str) -> str:
    return html.unescape("".join(_VALUE.findall(content)))


def _rows(xml: str, shared: list[str]) -> Iterator[str]:
    for row in xml.split("</row>"):
        cells = []
        for attributes, content in _elements(row, "c"):
            value = _value(content)
            if _IS_SHARED.search(attributes) and value.isdigit() and len(value) < 9 and int(value) < len(shared):
                value = shared[int(value)]
            cells.append(value)
        if any(cells):
            yield "\t".join(cells)
