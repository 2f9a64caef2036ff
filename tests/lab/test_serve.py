"""The served lab as a process of its own: one line on standard output, and an end by signal."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from azremediate.lab.__main__ import parse_options
from azremediate.lab.serve import ServeOptions, serve

SOURCE = Path(__file__).parents[2] / "src"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGTERM to send")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_process_serves_until_told_to_stop(tmp_path: Path, number: signal.Signals) -> None:
    """The line names what a client needs; the signal ends the process with 0 and nothing on standard error."""
    command = [sys.executable, "-m", "azremediate.lab", "--write-config", str(tmp_path / "config.yaml")]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    with subprocess.Popen(  # noqa: S603 - our own module
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        found = json.loads(process.stdout.readline())
        assert found.keys() == {"graph", "login", "arm", "vault", "ca_bundle", "tenant_id", "pid"}
        assert found["pid"] == process.pid
        trust = ssl.create_default_context(cafile=found["ca_bundle"])
        address = f"{found['login']}/{found['tenant_id']}/v2.0/.well-known/openid-configuration"
        assert httpx.get(address, verify=trust, trust_env=False).status_code == 200
        assert (tmp_path / "config.yaml").exists()
        process.send_signal(number)
        out, err = process.communicate(timeout=120)
    assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize(
    ("option", "content", "message"),
    [
        pytest.param("faults", "[\n{]", "line 2", id="broken faults"),
        pytest.param("faults", '[{"kind": "x"}]', "rule 1: kind must be", id="unknown fault"),
        pytest.param("faults", None, "cannot be read", id="no file"),
        pytest.param("tenant", "[1]", "is not a tenant", id="no tenant"),
        pytest.param("tenant", "{}", "is not a tenant", id="empty tenant"),
        pytest.param("throttle", '{"x": 1}', "unknown quota", id="unknown quota"),
    ],
)
def test_bad_file_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, content: str | None, message: str
) -> None:
    """The file is named, the line where known, and the exit code is that of wrong usage."""
    path = tmp_path / "given.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    options = ServeOptions(
        directory=tmp_path,
        tenant=path if option == "tenant" else None,
        faults=path if option == "faults" else None,
        throttle=str(path) if option == "throttle" else "none",
    )
    assert serve(options) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert str(path) in captured.err
    assert message in captured.err
    assert captured.err.count("\n") == 1


def test_unusable_record_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A recording that cannot be opened ends the start with 1."""
    assert serve(ServeOptions(directory=tmp_path, record=tmp_path / "no" / "file.jsonl")) == 1
    assert "file.jsonl" in capsys.readouterr().err


def test_arguments_become_options() -> None:
    """The command line has every option."""
    arguments = "--port 9000 --tenant t --record r --latency 5 --throttle tight --faults f --tls --write-config c"
    assert parse_options(arguments.split()) == ServeOptions(
        port=9000,
        tenant=Path("t"),
        record=Path("r"),
        latency_ms=5,
        throttle="tight",
        faults=Path("f"),
        tls=True,
        write_config=Path("c"),
    )
