"""Anchors of the audit log as the configuration names them."""

from pathlib import Path

import pytest

from azremediate.core.config import Anchor, AnchorKind
from azremediate.core.errors import ConfigInvalid
from azremediate.intake.config import load_config

TENANT = "tenant_id: 11111111-2222-3333-4444-555555555555\n"


def anchors_of(folder: Path, text: str) -> tuple[Anchor, ...]:
    """The anchors of a configuration file with this value of the key."""
    file = folder / "config.yaml"
    file.write_text(f"{TENANT}audit: {{anchors: {text}}}\n", encoding="utf-8")
    return load_config(file, {}).audit.anchors


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[]", ()),
        ("[stdout]", (Anchor(AnchorKind.STDOUT),)),
        ("[{syslog: 'log.example.net:601'}]", (Anchor(AnchorKind.SYSLOG, "tcp://log.example.net:601"),)),
        ("[syslog: 'udp://127.0.0.1:514']", (Anchor(AnchorKind.SYSLOG, "udp://127.0.0.1:514"),)),
        (
            "[stdout, 'syslog:tls://[::1]:6514']",
            (Anchor(AnchorKind.STDOUT), Anchor(AnchorKind.SYSLOG, "tls://[::1]:6514")),
        ),
    ],
    ids=["none", "standard output", "no scheme", "udp", "as text"],
)
def test_anchors(tmp_path: Path, text: str, expected: tuple[Anchor, ...]) -> None:
    """Each form that is documented is understood."""
    assert anchors_of(tmp_path, text) == expected


def test_files_are_relative_to_the_configuration(tmp_path: Path) -> None:
    """As every path in that file is."""
    (found,) = anchors_of(tmp_path, "[file: elsewhere/checkpoints.txt]")
    assert found == Anchor(AnchorKind.FILE, str(tmp_path / "elsewhere" / "checkpoints.txt"))


def test_anchors_from_the_environment(tmp_path: Path) -> None:
    """A list with commas, each with its kind before the first colon."""
    file = tmp_path / "config.yaml"
    file.write_text(TENANT, encoding="utf-8")
    config = load_config(file, {"AZREMEDIATE_AUDIT_ANCHORS": "stdout, file:/var/log/a.txt,syslog:tls://h:1"})
    assert [anchor.place for anchor in config.audit.anchors] == ["", "/var/log/a.txt", "tls://h:1"]


@pytest.mark.parametrize(
    "text",
    [
        "[printer]",
        "[stdout: x]",
        "[file]",
        "[file: 1]",
        "[{file: a, syslog: b}]",
        "[syslog: host]",
        "[syslog: 'host:0']",
        "[syslog: 'host:99999']",
        "[syslog: 'http://host:1']",
        "[syslog: 'tcp://user@host:1']",
        "[syslog: 'tcp://host:1/path']",
        "[1]",
        "[stdout, stdout]",
        "stdout",
    ],
)
def test_wrong_anchors(tmp_path: Path, text: str) -> None:
    """What cannot be an anchor is an error with its line; a misspelt anchor would be none."""
    with pytest.raises(ConfigInvalid, match=r"config\.yaml"):
        anchors_of(tmp_path, text)
