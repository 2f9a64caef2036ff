"""A text of a file that is to stand on one line of a header: a name, a subject."""


def one_line(text: str, most: int, unnamed: str = "") -> str:
    """The text on one line and without controls, cut; `unnamed` when nothing is left of it."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text[: 2 * most])
    return " ".join(shown.split())[:most] or unnamed
