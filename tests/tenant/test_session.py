"""The one HTTP session: what the environment may and may not decide about it."""

from pathlib import Path

import pytest

from azremediate.core.cloud import Cloud
from azremediate.core.config import Config
from azremediate.tenant.clouds import endpoints_of
from azremediate.tenant.session import trust
from tests.fakes import TENANT_ID


def test_keys_of_connections_are_not_logged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A variable that somebody set for another program does not have our connections' keys written to a file."""
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys.log"))
    context = trust(endpoints_of(Config(TENANT_ID, cloud=Cloud.PUBLIC)))
    assert context.keylog_filename is None
