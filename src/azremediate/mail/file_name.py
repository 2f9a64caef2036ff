"""The name of a file within a message, as it may stand in a header."""


def file_name(text: str, unnamed: str) -> str:
    """The name on one line and without controls, cut at 150 characters; `unnamed` when nothing is left of it."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text[:1000])
    return " ".join(shown.split())[:150] or unnamed
