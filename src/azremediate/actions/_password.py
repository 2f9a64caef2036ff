"""New passwords for users: long, random, and made of characters that nobody mistakes for others."""

import secrets

from azremediate.core.secret import Secret

LENGTH = 26
_CLASSES = ("abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "-_.!*")
_FIRST = "".join(_CLASSES[:2])  # a letter, so that no spreadsheet takes it for a formula
_ALL = "".join(_CLASSES)


def new_password() -> Secret:
    """A random password with every class of characters that Microsoft Entra ID counts; about 150 bits."""
    while True:
        text = secrets.choice(_FIRST) + "".join(secrets.choice(_ALL) for _ in range(LENGTH - 1))
        if all(set(text) & set(characters) for characters in _CLASSES):
            return Secret(text)
