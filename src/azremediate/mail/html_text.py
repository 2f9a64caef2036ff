"""The text of an HTML part as a reader sees it, with addresses, comments and scripts kept: secrets hide there too."""

import html
import re

_BREAKS = re.compile(
    r"(?i)<(?:br|/?p|/?div|/?tr|/?li|/?ul|/?ol|/?table|/?h[1-6]|/?pre|/?blockquote|hr|/?body|/?html|/?head|/?title"
    r"|/?style|/?script|/?option|/?section|/?article|/?tbody|/?thead)\b[^<>]{0,20000}>"
)
_CELLS = re.compile(r"(?i)<(?:/td|/th)\b[^<>]{0,2000}>")
_ADDRESS = re.compile(
    r"(?i)<[a-z][a-z0-9]*\b[^<>]{0,2000}?\b(?:href|src|action|content|value|data-[a-z]+)\s{0,4}=\s{0,4}[\"']?"
    r"([^\"'>\s]{6,8000})"
)
_COMMENT = re.compile(r"<!--(.*?)(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z!?][^<>]{0,20000}>")
_SPACE = re.compile(r"[ \t]*[\r\n]+[ \t\r\n]*")
_PRE = re.compile(r"(?i)<(?:pre|textarea|code)\b")

_MOST_COMPARED = 200_000_000
"""Letters that are compared to see whether addresses stand in the text too."""


def html_text(markup: str) -> str:
    """Text of HTML: blocks and `<br>` break lines, cells are parted by tabs, other tags part nothing.

    Line breaks of the source are spaces, as a browser shows them, unless the part has preformatted text. Addresses
    that the text does not show follow at the end, one a line.
    """
    extra = [found[1] for found in _ADDRESS.finditer(markup) if not found[1].lower().startswith(("data:", "cid:", "#"))]
    comments = [found[1] for found in _COMMENT.finditer(markup)]
    body = _COMMENT.sub("", markup)
    if not _PRE.search(body):
        body = _SPACE.sub(" ", body)
    body = _TAG.sub("", _CELLS.sub("\t", _BREAKS.sub("\n", body)))
    text = html.unescape(body)
    shown = [html.unescape(address) for address in dict.fromkeys(extra)]
    hidden = [html.unescape(_TAG.sub("", comment)) for comment in comments if not comment.startswith("[if")]
    few = len(shown) * len(text) <= _MOST_COMPARED
    return "\n".join([text, *(address for address in shown if not few or address not in text), *hidden])
