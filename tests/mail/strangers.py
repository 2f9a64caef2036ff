"""Messages that were written without a look at the rules, and how many of their secrets are found."""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from random import Random
from re import Match, sub

from mail_values import EXACT, LABELLED, password

from azremediate.mail.analysis import Analyst
from azremediate.mail.fingerprint import fingerprint, plain
from azremediate.mail.taking_apart import take_apart

KEY = b"s" * 32
FOLDER = Path(__file__).with_name("strangers")
WORDS = ["copper", "meadow", "lantern", "Thursday", "orbit", "pickle", "velvet", "harbour", "walnut", "Saturn"]


@dataclass(frozen=True, slots=True)
class Stranger:
    """A message and the values in it. tier: T1, T2, prose or decoy. held: not looked at while rules are mended."""

    name: str
    tier: str
    text: str
    values: tuple[tuple[str, str], ...]
    held: bool


@dataclass(frozen=True, slots=True)
class Score:
    """What was found of what is there; misses and wrong findings in words."""

    recall: dict[str, float]
    precision: dict[str, float]
    missed: tuple[str, ...]
    wrong: tuple[str, ...]


def strangers(seed: int) -> Iterator[Stranger]:
    """Every message, its values made from the seed."""
    for file in sorted(FOLDER.rglob("*.toml")):
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        for text in data["messages"]:
            digest = sha256(text.encode())
            name = f"{file.parent.name}-{file.stem}-{digest.hexdigest()[:8]}"
            values: list[tuple[str, str]] = []

            def fill(
                slot: Match[str],
                random: Random = Random(f"{seed} {name}"),  # noqa: S311, B008 - values are made again from their seed
                values: list[tuple[str, str]] = values,
            ) -> str:
                value = _maker(slot[1])(random)
                values.append((slot[1], value))
                return value

            filled = sub("<<([a-z-]+)>>", fill, text)
            yield Stranger(name, data["tier"], filled, tuple(values), held=digest.digest()[-1] % 3 == 0)


def score(messages: list[Stranger]) -> Score:
    """Recall for each tier, precision of T1 and T2 together, of passwords, and of all."""
    analyst = Analyst(KEY, engine="re")
    there: Counter[str] = Counter()
    got: Counter[str] = Counter()
    findings: list[tuple[str, str, bool]] = []
    missed, wrong = [], []
    for message in messages:
        found = {one.fingerprint: one for one in analyst.analyse(take_apart(_raw(message), "x")).findings}
        wanted = {fingerprint(KEY, plain(value)): (kind, value) for kind, value in message.values}
        for key, (kind, value) in wanted.items():
            there[message.tier] += 1
            got[message.tier] += key in found
            if key not in found:
                missed.append(f"{message.name} {kind} {value[:20]!r}: {message.text[:160]!r}")
        for key, one in found.items():
            findings.append((one.tier.value, one.kind, key in wanted))
            if key not in wanted:
                wrong.append(f"{message.name} {one.tier.value} {one.rule}: {one.excerpt[:160]!r}")
    sure = [right for tier, _, right in findings if tier != "T3"]
    passwords = [right for _, kind, right in findings if kind == "password"]
    return Score(
        {tier: got[tier] / count for tier, count in there.items()},
        {
            "T1+T2": sum(sure) / max(len(sure), 1),
            "prose": sum(passwords) / max(len(passwords), 1),
            "all": sum(right for *_, right in findings) / max(len(findings), 1),
        },
        tuple(missed),
        tuple(wrong),
    )


def _maker(kind: str) -> Callable[[Random], str]:
    if kind == "passphrase":
        return lambda random: " ".join(random.sample(WORDS, 4))
    if kind == "pin":
        return lambda random: str(random.randrange(100000, 999999))
    return password if kind == "password" else (EXACT | LABELLED)[kind][1]


def _raw(message: Stranger) -> bytes:
    mail = EmailMessage()
    mail["Message-ID"] = f"<{message.name}@strangers.example>"
    mail["From"], mail["To"], mail["Subject"] = "a@contoso.example", "b@contoso.example", "Re: your request"
    mail.set_content(message.text, subtype="html" if message.text.startswith("<html") else "plain")
    return mail.as_bytes()
