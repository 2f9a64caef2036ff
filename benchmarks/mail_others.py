"""What detect-secrets and kingfisher find in the same texts; both from PyPI, in an environment of their own."""

import hashlib
import json
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from pathlib import Path

from mail_values import Truth

from azremediate.mail.message import TakenApart

_PACKAGES = ("detect-secrets>=1.5", "kingfisher-bin>=2")
_SECONDS = 1800


def others(truths: Sequence[Truth], taken: Sequence[TakenApart], size: float) -> dict[str, float]:
    """Recall, precision and speed of each tool that could be installed; size: MB of the raw mail.

    They get decoded texts, one file for each message, for raw mail is worth nothing to them. kingfisher runs without its
    validators, which would send the secrets out.
    """
    with tempfile.TemporaryDirectory(prefix="azremediate-bench-") as folder:
        root = Path(folder)
        programs = _installed(root / "venv")
        if programs is None:
            print("the other tools could not be installed; left out")
            return {}
        texts = root / "texts"
        texts.mkdir()
        for number, message in enumerate(taken):
            body = "\n".join(part.text for part in message.texts if not part.twin)
            (texts / f"{number}.txt").write_text(body, encoding="utf-8", errors="replace")
        names = [message.head.message_id for message in taken]
        wanted = [(names.index(one.message_id), one.value) for one in truths]
        figures: dict[str, float] = {}
        for tool, found in (("detect-secrets", _detect_secrets), ("kingfisher", _kingfisher)):
            start = time.perf_counter()
            right, reported = found(programs, texts, wanted)
            figures[f"{tool} recall"] = right / max(len(wanted), 1)
            figures[f"{tool} precision"] = right / max(reported, 1)
            figures[f"{tool} MB/s"] = size / (time.perf_counter() - start)
        return figures


def _installed(folder: Path) -> Path | None:
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    command = [str(programs / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", *_PACKAGES]
    ran = subprocess.run(command, check=False, capture_output=True, timeout=_SECONDS)
    return programs if ran.returncode == 0 else None


def _detect_secrets(programs: Path, texts: Path, wanted: Sequence[tuple[int, str]]) -> tuple[int, int]:
    """(planted values found, findings): it names the SHA-1 of each value."""
    command = [str(programs / "detect-secrets"), "scan", "--all-files", "."]
    out = subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS, cwd=texts).stdout
    found = {
        (int(Path(name).stem), one["hashed_secret"])
        for name, items in json.loads(out)["results"].items()
        for one in items
    }
    right = sum(
        (number, hashlib.sha1(value.encode(), usedforsecurity=False).hexdigest()) in found for number, value in wanted
    )
    return right, len(found)


def _kingfisher(programs: Path, texts: Path, wanted: Sequence[tuple[int, str]]) -> tuple[int, int]:
    """(planted values found, findings): a finding whose text is part of a value, or the other way round, counts."""
    command = [str(programs / "kingfisher"), "scan", str(texts), "--no-validate", "--no-update-check", "-c", "low"]
    ran = subprocess.run([*command, "--format", "json"], check=False, capture_output=True, timeout=_SECONDS)
    found: dict[int, set[str]] = {}
    for one in json.JSONDecoder().raw_decode(ran.stdout.decode())[0]["findings"]:
        detail = one["finding"]
        found.setdefault(int(Path(detail["path"]).stem), set()).add(detail["snippet"])
    right = sum(any(text in value or value in text for text in found.get(number, ())) for number, value in wanted)
    return right, sum(map(len, found.values()))
