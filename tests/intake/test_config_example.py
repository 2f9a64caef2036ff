"""The example configuration and the documentation know every key, and no other."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from azremediate.core.config import Config
from azremediate.intake.config import load_config
from azremediate.intake.config_keys import NOT_KEYS, config_keys
from azremediate.intake.yaml_document import read_yaml

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config.example.yaml"
DOCUMENT = ROOT / "docs" / "configuration.md"


def test_the_example_loads_and_shows_the_defaults() -> None:
    """Only the tenant, and the state's folder as seen from the example, differ from a configuration without file."""
    config = load_config(EXAMPLE, {})
    plain = replace(config, file="", state_path=".azremediate")
    assert plain == Config(tenant_id="00000000-0000-0000-0000-000000000000")
    assert Path(config.state_path) == ROOT / ".azremediate"


def test_the_example_has_every_key() -> None:
    """A key that the example does not show would never be found."""
    document = read_yaml(EXAMPLE)
    shown = {".".join(str(part) for part in path) for path in document.keys}
    assert {key.dotted for key in config_keys()} - shown == set()


@pytest.mark.parametrize("key", [key.dotted for key in config_keys()])
def test_each_key_has_its_row(key: str) -> None:
    """docs/configuration.md has a table row for the key."""
    assert f"| `{key}` |" in DOCUMENT.read_text(encoding="utf-8")


def test_no_row_is_left_over() -> None:
    """A documented key exists."""
    rows = re.findall(r"^\| `([a-z0-9_.]+)` \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(rows) == {key.dotted for key in config_keys()}


def test_variables_are_distinct() -> None:
    """One rule gives each key its own variable, and none takes a reserved name."""
    names = [key.variable for key in config_keys() if key.variable]
    assert len(set(names)) == len(names)
    assert NOT_KEYS.isdisjoint(names)
    assert {"AZREMEDIATE_TENANT_ID", "AZREMEDIATE_STATE_PATH", "AZREMEDIATE_SECRETS_VAULT_URL"} <= set(names)
