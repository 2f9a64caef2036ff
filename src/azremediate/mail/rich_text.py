"""The text of RTF: control words out, escaped characters in."""

import re

_TOKEN = re.compile(r"\\([a-z]{1,32})(-?[0-9]{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)")
_HIDDEN = {
    "fonttbl",
    "colortbl",
    "stylesheet",
    "listtable",
    "listoverridetable",
    "rsidtbl",
    "generator",
    "pict",
    "themedata",
    "colorschememapping",
    "latentstyles",
    "datastore",
    "xmlnstbl",
}
_BREAKS = {"par": "\n", "line": "\n", "row": "\n", "sect": "\n", "page": "\n", "tab": "\t", "cell": "\t"}
_SIGNS = {"lquote": "'", "rquote": "'", "ldblquote": '"', "rdblquote": '"', "bullet": "*", "endash": "-", "emdash": "-"}


def rich_text(source: str) -> str:
    """Text of RTF source; groups that a reader does not see, such as font tables, are left out."""
    out: list[str] = []
    stack: list[bool] = []
    hidden, skip = False, False
    for found in _TOKEN.finditer(source):
        word, number, _, _, brace, _ = found.groups()
        if brace == "{":
            stack.append(hidden)
        elif brace == "}":
            hidden = stack.pop() if stack else False
        elif word in _HIDDEN:
            hidden = True
        elif not hidden:
            out.append(_shown(found, skip=skip))
            skip = word == "u" and bool(number)
    return "".join(out).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _shown(found: "re.Match[str]", *, skip: bool) -> str:
    """What a reader sees of one token; `skip` leaves out the stand-in after a character by its number."""
    word, number, code, sign, _, text = found.groups()
    if word == "u" and number:
        return chr(int(number) % 65536)
    if word:
        return _BREAKS.get(word) or _SIGNS.get(word) or ""
    if code:
        return "" if skip else bytes([int(code, 16)]).decode("cp1252", "replace")
    if sign:
        return {"~": " ", "_": "-", "\n": "\n", "\r": "\n"}.get(sign, sign if sign in "\\{}" else "")
    return (text[1:] if skip and text[:1] == "?" else text) if text else ""
