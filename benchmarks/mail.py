"""Measures the search of mail on a made corpus: recall and precision, speed with each engine, and beside other tools.

python benchmarks/mail.py [--mb 20] [--seed 1] [--set seen|unseen|both] [--misses] [--others] [--json FILE]
python benchmarks/mail.py --huge 2      a mbox of 2 GB, and nothing else
"""

import argparse
import hashlib
import json
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from random import Random

from mail_corpus import SEEN, UNSEEN, messages
from mail_huge import measure_huge
from mail_others import others
from mail_values import Truth

from azremediate.core.finding import Finding
from azremediate.mail.analysis import Analyst
from azremediate.mail.fingerprint import fingerprint, plain
from azremediate.mail.message import TakenApart
from azremediate.mail.taking_apart import take_apart

KEY = hashlib.sha256(b"a key of a benchmark").digest()
TARGETS = {"T1 recall": 0.99, "T1+T2 precision": 0.97, "prose recall (T2+T3)": 0.90, "prose precision": 0.75}


def main() -> int:
    """Print the figures; 1 when a target is missed."""
    asked = _arguments()
    if asked.huge:
        for name, value in measure_huge(asked.huge).items():
            print(f"{name:28} {value:10.1f}")
        return 0
    prose = {"seen": SEEN, "unseen": UNSEEN, "both": SEEN + UNSEEN}[asked.set]
    raws, truths = _corpus(asked.seed, int(asked.mb * 1e6), prose)
    size = sum(map(len, raws)) / 1e6
    figures: dict[str, float] = {"messages": len(raws), "MB": size, "planted": len(truths)}
    start = time.perf_counter()
    taken = [take_apart(raw, "corpus") for raw in raws]
    figures["decode MB/s"] = size / (time.perf_counter() - start)
    found: list[Finding] = []
    for engine in ("hyperscan", "re"):
        try:
            analyst = Analyst(KEY, engine=engine)
        except ModuleNotFoundError:
            continue
        start = time.perf_counter()
        found = [one for message in taken for one in analyst.analyse(message).findings]
        seconds = time.perf_counter() - start
        figures[f"match MB/s ({engine})"] = size / seconds
        figures[f"whole MB/s ({engine})"] = 1 / (1 / figures["decode MB/s"] + seconds / size)
    if asked.others:
        figures |= others(truths, taken, size)
    figures |= _quality(truths, found, taken, misses=asked.misses)
    for name, value in figures.items():
        target = f"   (target {TARGETS[name]})" if name in TARGETS else ""
        print(f"{name:28} {value:10.3f}{target}")
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return int(any(figures[name] < target for name, target in TARGETS.items()))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=float, default=20.0, help="megabytes of raw mail")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--set", choices=["seen", "unseen", "both"], default="both", help="which sentences")
    parser.add_argument(
        "--misses", action="store_true", help="list what was missed and what was found wrongly, by kind"
    )
    parser.add_argument("--others", action="store_true", help="detect-secrets and kingfisher beside it (from PyPI)")
    parser.add_argument("--huge", type=float, metavar="GB", help="scan a mbox of that size with the command instead")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _corpus(seed: int, size: int, prose: tuple[str, ...]) -> tuple[list[bytes], list[Truth]]:
    random = Random(seed)  # noqa: S311 - a corpus is made again from its seed
    raws: list[bytes] = []
    truths: list[Truth] = []
    total = 0
    for raw, planted in messages(random, prose):
        raws.append(raw)
        truths += planted
        total += len(raw)
        if total >= size:
            return raws, truths
    raise AssertionError("the corpus has no end")


def _quality(truths: list[Truth], found: list[Finding], taken: list[TakenApart], *, misses: bool) -> dict[str, float]:
    wanted = {(one.message_id, fingerprint(KEY, plain(one.value))): one for one in truths}
    hits = {(one.message_id, one.fingerprint): one for one in found}
    got = {key for key in wanted if key in hits}
    recall: dict[str, Counter[str]] = defaultdict(Counter)
    for key, truth in wanted.items():
        recall[truth.tier]["found" if key in got else "missed"] += 1
    sure = [key for key, one in hits.items() if one.tier.value != "T3"]
    passwords = [key for key, one in hits.items() if one.kind == "password"]
    right = sum(key in wanted for key in passwords)
    if misses:
        missed = Counter(f"{truth.tier} {truth.kind}" for key, truth in wanted.items() if key not in got)
        wrong = Counter(
            f"{one.tier.value} {one.rule}: {one.excerpt[:110]}" for key, one in hits.items() if key not in wanted
        )
        print("missed:", dict(missed.most_common()))
        _show_missed([truth for key, truth in wanted.items() if key not in got and truth.tier == "prose"], taken)
        for text, number in wrong.most_common(40):
            print(f"  wrong {number}: {text}")
    return {
        "T1 recall": _share(recall["T1"]),
        "T2 recall": _share(recall["T2"]),
        "T1+T2 precision": sum(key in wanted for key in sure) / max(len(sure), 1),
        "prose recall (T2+T3)": _share(recall["prose"]),
        "prose precision": right / max(len(passwords), 1),
        "all precision": len(got) / max(len(hits), 1),
    }


def _share(count: Counter[str]) -> float:
    return count["found"] / max(count.total(), 1)


def _show_missed(missed: list[Truth], taken: list[TakenApart]) -> None:
    """The sentence around some misses; the values are of this corpus alone."""
    texts = {message.head.message_id: [part.text for part in message.texts] for message in taken}
    for truth in missed[:25]:
        for text in texts.get(truth.message_id, []):
            at = text.find(truth.value)
            if at != -1:
                print("  missed:", repr(text[max(0, at - 70) : at + len(truth.value) + 40]))
                break


if __name__ == "__main__":
    sys.exit(main())
