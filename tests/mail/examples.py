"""Writes out the examples of rules: `<<w 34>>` becomes 34 random characters of a class, `<<g>>` a GUID."""

import re
import string
from random import Random
from uuid import UUID

CLASSES = {
    "w": string.ascii_letters + string.digits,
    "u": string.ascii_letters + string.digits + "~._-",
    "b": string.ascii_letters + string.digits + "+/",
    "l": string.ascii_letters + string.digits + "-_",
    "x": "0123456789abcdef",
    "X": string.ascii_uppercase + string.digits,
    "d": string.digits,
    "3": "abcdefghijklmnopqrstuvwxyz234567",
    "2": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
}


def written(template: str, random: Random) -> str:
    """The example with fresh random characters."""
    while "<<g>>" in template:
        template = template.replace("<<g>>", str(UUID(int=random.getrandbits(128), version=4)), 1)
    return re.sub(
        r"<<(\w) (\d+)>>",
        lambda found: "".join(random.choice(CLASSES[found[1]]) for _ in range(int(found[2]))),
        template,
    )
