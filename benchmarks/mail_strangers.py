"""Mail as strangers write it: whole messages of many kinds, to judge rules that were not made from them.

In a text `<<kind:name>>` stands for a value that has to be found, `{{name}}` for one that must not be. No text shares a
sentence with `mail_corpus.py`; half of them, by the hash of their name, are the half that rules are never tuned to.
"""

import hashlib
import re
import string
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from random import Random
from uuid import UUID

from mail_values import EXACT, Truth

_ALNUM = string.ascii_letters + string.digits
_SLOT = re.compile(r"<<(?P<kind>[a-z0-9-]+)(?::(?P<name>\w+))?>>|\{\{(?P<decoy>[a-z0-9]+)\}\}")
_STEMS = (
    "kettle",
    "Harbour",
    "maple",
    "Thunder",
    "lisbon",
    "Quartz",
    "velvet",
    "Penguin",
    "orchid",
    "Saturn",
    "contoso",
)


def _some(random: Random, letters: str, count: int) -> str:
    return "".join(random.choice(letters) for _ in range(count))


def password(random: Random) -> str:
    """One in a shape that people, help desks and generators really give them."""
    one, two = random.sample(_STEMS, 2)
    number, year = random.randrange(10, 100), random.choice((2022, 2023, 2024, 24))
    mark = random.choice("!#$@%&*?")
    made: tuple[Callable[[], str], ...] = (
        lambda: f"{one.capitalize()}{year}{mark}",
        lambda: f"{one.capitalize()}-{two.capitalize()}-{number}",
        lambda: f"{mark}{one}{number}{two.upper()}",
        lambda: one.replace("e", "3").replace("a", "@").capitalize() + str(number),
        lambda: f"{one.capitalize()}#{year}",
        lambda: "-".join(_some(random, "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789", 6) for _ in range(3)),
        lambda: (
            _some(random, string.ascii_lowercase, 3) + str(number) + _some(random, string.ascii_uppercase, 3) + mark
        ),
        lambda: _some(random, _ALNUM + "!@#$%^&*", 16) + "q7#",
        lambda: f"{one}{number}{two}",
        lambda: f"{one.capitalize()}_{_some(random, string.digits, 4)}{mark}{mark}",
        lambda: _some(random, _ALNUM, 9) + str(number) + "x",
    )
    return random.choice(made)()


_MADE: dict[str, Callable[[Random], str]] = {
    "hex32": lambda r: _some(r, "0123456789abcdef", 32),
    "token": lambda r: _some(r, _ALNUM, 40),
    "b64": lambda r: _some(r, _ALNUM + "+/", 43) + "=",
    "oldsecret": lambda r: _some(r, _ALNUM + "/+", 43) + "=",
    "pin": lambda r: _some(r, "123456789", 6),
    "license": lambda r: "-".join(_some(r, string.ascii_uppercase + "23456789", 5) for _ in range(5)),
}
_DECOYS: dict[str, Callable[[Random], str]] = {
    "guid": lambda r: str(UUID(int=r.getrandbits(128), version=4)),
    "sha1": lambda r: _some(r, "0123456789abcdef", 40),
    "sha256": lambda r: _some(r, "0123456789abcdef", 64),
    "md5": lambda r: _some(r, "0123456789abcdef", 32),
    "n6": lambda r: _some(r, "123456789", 6),
    "n10": lambda r: _some(r, "123456789", 10),
    "url": lambda r: _some(r, _ALNUM + "-_", 60),
    "b64": lambda r: _some(r, _ALNUM + "+/", 88),
    "code": lambda r: _some(r, string.ascii_uppercase, 2) + _some(r, string.digits, 7),
    "part": lambda r: (
        _some(r, string.ascii_uppercase, 3)
        + "-"
        + _some(r, string.digits, 4)
        + "-"
        + _some(r, string.ascii_uppercase, 1)
    ),
}
TIERS = {"hex32": "T2", "token": "T2", "b64": "T2", "oldsecret": "T2", "password": "prose", "cfg": "T2", "pin": "prose"}


def held_back(name: str) -> bool:
    """Whether a text belongs to the half that rules are not tuned to."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 0


def filled(random: Random, text: str, message_id: str) -> tuple[str, list[Truth]]:
    """The text with values in its places, and what has to be found in it."""
    planted: dict[str, Truth] = {}

    def value(found: "re.Match[str]") -> str:
        if (decoy := found["decoy"]) is not None:
            return _DECOYS[decoy](random)
        kind = found["kind"]
        key = f"{kind}:{found['name'] or found.start()}"
        if key not in planted:
            if kind in ("password", "cfg"):
                made = password(random)
            elif kind in _MADE:
                made = _MADE[kind](random)
            else:
                made = EXACT[kind][1](random)
            planted[key] = Truth(message_id, made, kind, TIERS.get(kind, "T1"))
        return planted[key].value

    return _SLOT.sub(value, text), list(planted.values())


def strangers(seed: int, rounds: int, *, held: bool | None = None) -> Iterator[tuple[str, bytes, list[Truth]]]:
    """Each text `rounds` times with other values: its name, the raw message and what has to be found.

    held: only the half that is held back, or only the other; None gives both.
    """
    from mail_texts import TEXTS

    random = Random(seed)  # noqa: S311 - made again from its seed
    for turn in range(rounds):
        for name, text in TEXTS.items():
            if held is not None and held_back(name) is not held:
                continue
            message_id = f"{name}.{turn}@stranger.example"
            body, planted = filled(random, text, message_id)
            message = EmailMessage()
            message["Message-ID"] = f"<{message_id}>"
            message["From"], message["To"] = "someone@fabrikam.example", "other@contoso.example"
            message["Subject"], message["Date"] = "RE: your request", "Tue, 16 Jan 2024 09:12:44 +0000"
            if body.startswith("<html"):
                message.set_content("This message is in HTML.")
                message.add_alternative(body, subtype="html")
            else:
                message.set_content(body)
            yield name, message.as_bytes(), planted
