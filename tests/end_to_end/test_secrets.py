"""No secret value reaches a file, a stream or an exception, plain or encoded."""

import base64
import html
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from azremediate.lab.server import Lab
from tests.end_to_end.console import Console
from tests.end_to_end.whole_reach import use_everything

_FOR_URLS = bytes.maketrans(b"+/", b"-_")


def _forms(value: str) -> Iterator[bytes]:
    """The ways in which a value may stand in a file."""
    raw = value.encode()
    yield raw
    yield raw.hex().encode()
    yield quote(value, safe="").encode()
    yield json.dumps(value)[1:-1].encode()
    yield value.encode("utf-16-le")
    for shift in range(3):  # the same bytes look different in base64 depending on where they start
        encoded = base64.b64encode(b"\0" * shift + raw)
        yield encoded[4 : len(encoded) - 8]
        yield encoded[4 : len(encoded) - 8].translate(_FOR_URLS)
    yield raw.hex().upper().encode()
    yield value.encode("utf-16-be")
    yield html.escape(value).encode()


def _secrets(lab: Lab) -> set[str]:
    """Every secret of the tenant: those that leaked, those that were issued, what lies in the vault, our own."""
    store = lab.store
    values = {record.value for record in store.secrets.values()}
    values |= {version["value"] for versions in store.vault.values() for version in versions}
    return values


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Where this test's lab records."""
    return tmp_path / "lab-recording.jsonl"


@pytest.fixture
def lab(tmp_path: Path, recording: Path) -> Iterator[Lab]:
    """A lab of its own, whose recording is searched too."""
    with Lab(directory=tmp_path / "own-lab", record=recording) as own:
        yield own


@pytest.mark.fault("S3", "S4")
def test_no_secret_anywhere(console: Console, recording: Path) -> None:
    """After everything was used with all the detail that can be asked for, no secret is in any byte produced."""
    use_everything(console)
    console.run("-vv", "plan", "enforce-privileged-mfa")
    console.run("-vv", "report")
    console.run("-vv", "audit", "show")
    own = {file.read_text(encoding="utf-8").strip() for file in console.folder.glob("*.secret")}
    secrets = _secrets(console.lab) | own
    assert len(secrets) > 40
    files = [file for file in console.folder.rglob("*") if file.is_file() and file.suffix != ".secret"]
    assert any(file.name == "journal.db" for file in files)
    assert any("audit" in file.parts for file in files)
    texts = {str(file): file.read_bytes() for file in files}
    texts["terminal"] = "\n".join(console.seen).encode()
    found = [name for name, content in texts.items() for value in secrets for form in _forms(value) if form in content]
    assert found == []


def test_the_search_can_fail(tmp_path: Path) -> None:
    """The forms that are searched for are found when they are there."""
    value = "obviously-fake/+value=0123456789"
    for form in _forms(value):
        assert len(form) > 20
    encoded = base64.b64encode(b"abcd" + value.encode() + b"tail")
    assert any(form in encoded for form in list(_forms(value))[5:])
