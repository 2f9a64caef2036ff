"""The text of Office Open XML and OpenDocument files: runs of one paragraph are one text."""

import html
import re
from collections.abc import Iterator

_BREAKS = re.compile(
    r"</(?:w|a):p>|<(?:w|a):br\b[^>]*>|<w:cr/>|</row>|</x:row>|</si>|</text:p>|</text:h>|</comment>|<text:line-break\s*/>|</Relationship>"
)
_CELLS = re.compile(r"</w:tc>|</c>|</x:c>|</a:tc>|</table:table-cell>|<w:tab\s*/>|<text:tab\s*/>")
_SPACES = re.compile(r"<text:s\b[^>]*/>")
_TAG = re.compile(r"<[^<>]{0,20000}>")
_TARGET = re.compile(r"\b(?:Target|r:link|descr|title|xlink:href)=\"([^\"]{4,8000})\"")
_SHARED = re.compile(r"<si\b[^>]*>(.*?)</si>", re.DOTALL)
_CELL = re.compile(r"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_VALUE = re.compile(r"<(?:v|t)\b[^>]*>([^<]*)</(?:v|t)>")
_WANTED = re.compile(
    r"(?i)(?:word|ppt|xl)/(?:document|header\d*|footer\d*|footnotes|endnotes|comments\w*|slides/slide\d+|notesSlides/\w+"
    r"|sharedStrings|worksheets/sheet\d+|comments/\w+|threadedComments/\w+|charts/\w+|connections|workbook|queryTables/\w+|externalLinks/\w+|glossary/document|settings)\.xml"
    r"|docProps/\w+\.xml|customXml/\w+\.xml|(?:content|meta|styles)\.xml|.*_rels/.*\.rels"
)


def is_document(names: list[str]) -> bool:
    """Whether an archive with these files is a document."""
    return "[Content_Types].xml" in names or ("content.xml" in names and "mimetype" in names)


def is_text_of_document(name: str) -> bool:
    """Whether this file of a document holds text that a reader or a link shows."""
    return _WANTED.fullmatch(name) is not None


def document_text(name: str, xml: str, shared: list[str]) -> str:
    """Text of one file of a document; `shared` are the strings of the workbook it belongs to."""
    if "/worksheets/" in name:
        return "\n".join(_rows(xml, shared))
    if name.endswith(".rels"):
        return "\n".join(html.unescape(found) for found in _TARGET.findall(xml) if ":" in found)
    return plain_xml(xml)


def plain_xml(xml: str) -> str:
    """Text of markup: paragraphs break lines, cells are parted by tabs, runs are joined."""
    targets = [html.unescape(found) for found in _TARGET.findall(xml) if ":" in found]
    text = _SPACES.sub(" ", _CELLS.sub("\t", _BREAKS.sub("\n", xml)))
    return "\n".join([html.unescape(_TAG.sub("", text)), *targets])


def shared_strings(xml: str) -> list[str]:
    """The strings that the cells of a workbook refer to by number."""
    return [html.unescape("".join(_VALUE.findall(found))) for found in _SHARED.findall(xml)]


def _rows(xml: str, shared: list[str]) -> Iterator[str]:
    for row in re.split(r"</row>", xml):
        cells = []
        for attributes, content in _CELL.findall(row):
            value = html.unescape("".join(_VALUE.findall(content)))
            if 't="s"' in attributes and value.isdigit() and int(value) < len(shared):
                value = shared[int(value)]
            cells.append(value)
        if any(cells):
            yield "\t".join(cells)
