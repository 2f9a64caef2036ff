"""Makes text that somebody else chose harmless for the place where it is shown: one function for each kind of output.

Display names, file names, cells and error codes come from whoever controls the tenant or wrote the file. They may hold
escape sequences, characters that turn the direction of text, formulas, markup, or commands for a build server.
"""

import re

_UNSEEN = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(
        chr(number) for first, last in ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF)) for number in range(first, last + 1)
    )
)
"""Letters and marks that show nothing, among them every variation selector; Python counts them as printable."""

_FORMULA_STARTS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_BUILD_COMMAND = re.compile(r"##(?=(?:vso)?\[)", re.IGNORECASE)
_WORKFLOW_COMMAND = re.compile(r"^(\s*):(?=:)")
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "`": "&#96;"})
_MARKDOWN = str.maketrans({char: f"&#{ord(char)};" for char in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"})


def terminal(text: str, width: int | None = None) -> str:
    """One line of text for a terminal or a build log.

    What moves the cursor, hides, turns the direction or breaks the line is shown as \\u{..}; where a text holds that
    form itself, its backslash is shown so, too. `width`: at most so many characters, the last one an ellipsis.
    """
    shown = ci(_visible(text.replace("\\u{", "\\u{5c}u{")))
    if width is not None and len(shown) > width:
        return shown[: max(width - 1, 0)] + "…"
    return shown


def block(text: str) -> str:
    """Lines made of texts that were escaped one by one; a second net that leaves escaped text as it is."""
    return "\n".join(ci(_visible(line)) for line in text.split("\n"))


def log(text: str) -> str:
    """One value in a line of a log: as for a terminal, never cut."""
    return terminal(text)


def csv(text: str) -> str:
    """One cell: what a spreadsheet would take for a formula starts with an apostrophe."""
    shown = terminal(text)
    lead = text.lstrip(" \u00a0\u3000")[:1]
    return f"'{shown}" if lead in _FORMULA_STARTS and lead else shown


def html(text: str) -> str:
    """Text between tags or in a quoted attribute."""
    return terminal(text).translate(_HTML)


def markdown(text: str) -> str:
    """Text in a paragraph or table cell: every ASCII punctuation mark becomes an entity, so none of them is markup."""
    return terminal(text).translate(_MARKDOWN)


def ci(line: str) -> str:
    """A line that neither Azure Pipelines nor GitHub Actions takes for a command.

    Azure Pipelines finds ##vso[ and ##[ anywhere in a line; GitHub Actions a leading :: even behind spaces.
    """
    return _WORKFLOW_COMMAND.sub(r"\1: ", _BUILD_COMMAND.sub("# #", line))


def json_line(text: str) -> str:
    """JSON text with the same value that a build server does not take for a command and a terminal does not obey.

    `text` is ASCII, as the json module writes it by default.
    """
    return text.replace("##", "\\u0023\\u0023").replace("\x7f", "\\u007f")


def _visible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char.isprintable() and char not in _UNSEEN else f"\\u{{{ord(char):x}}}" for char in text)
