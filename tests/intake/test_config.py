"""The configuration: which value wins, which values are refused, and how that is said."""

from datetime import timedelta
from pathlib import Path

import pytest

from azremediate.core.cloud import Cloud, Environment
from azremediate.core.config import AuthMethod, Breaker, Config
from azremediate.core.errors import ConfigInvalid
from azremediate.intake.config import load_config

TENANT = "11111111-2222-3333-4444-555555555555"
OTHER = "99999999-2222-3333-4444-555555555555"


def written(folder: Path, body: str) -> Path:
    """A configuration file with the tenant's id above `body`."""
    file = folder / "config.yaml"
    file.write_text(f"tenant_id: {TENANT}\n{body}", encoding="utf-8")
    return file


def refusal(folder: Path, body: str) -> str:
    """The message with which the configuration is refused, without the folder."""
    with pytest.raises(ConfigInvalid) as caught:
        load_config(written(folder, body), {})
    return str(caught.value).replace(str(folder), "").replace("\\", "/")


def test_the_tenant_is_enough(tmp_path: Path) -> None:
    """Everything else has the default of the dataclass."""
    file = written(tmp_path, "")
    assert load_config(file, {}) == Config(tenant_id=TENANT, file=str(file))


def test_flag_before_environment_before_file(tmp_path: Path) -> None:
    """Each source wins over the next, value by value."""
    file = written(tmp_path, "cloud: usgov\nguards: {max_changes: 1, max_percent: 1}\nthrottle: {attempts: 2}\n")
    environ = {"AZREMEDIATE_CLOUD": "china", "AZREMEDIATE_GUARDS_MAX_CHANGES": "2", "PATH": "/bin"}
    config = load_config(file, environ, {"guards.max_changes": "3"})
    assert (config.cloud, config.guards.max_changes) == (Cloud.CHINA, 3)
    assert (config.guards.max_percent, config.throttle.attempts, config.throttle.read_concurrency) == (1.0, 2, 16)


@pytest.mark.parametrize("outside", [False, True], ids=["file", "environment"])
def test_pace_of_a_run(tmp_path: Path, outside: bool) -> None:
    """Canaries and breaker, from the file or from the environment."""
    body = "guards: {canary: [1, 5], breaker: {consecutive: 3, percent: 10}, max_irreversible: 0}"
    environ = {
        "AZREMEDIATE_GUARDS_CANARY": "1, 5",
        "AZREMEDIATE_GUARDS_BREAKER_CONSECUTIVE": "3",
        "AZREMEDIATE_GUARDS_BREAKER_PERCENT": "10",
        "AZREMEDIATE_GUARDS_MAX_IRREVERSIBLE": "0",
    }
    config = load_config(written(tmp_path, "" if outside else body), environ if outside else {})
    assert (config.guards.canary, config.guards.breaker) == ((1, 5), Breaker(3, 10.0))
    assert (config.guards.max_irreversible, config.guards.max_privileged) == (0, None)


@pytest.mark.parametrize("body", ["canary: [0]", "canary: 1", "breaker: {consecutive: 0}", "breaker: {percent: 101}"])
def test_pace_that_cannot_be_kept(tmp_path: Path, body: str) -> None:
    """A batch of nothing, or a limit that never or always holds, is refused with its key."""
    assert "guards." in refusal(tmp_path, f"guards: {{{body}}}")


def test_environment_alone_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job needs no file when the environment names the tenant; lists are separated by commas."""
    monkeypatch.chdir(tmp_path)
    config = load_config(
        None,
        {
            "AZREMEDIATE_TENANT_ID": TENANT.upper(),
            "AZREMEDIATE_GUARDS_BREAK_GLASS": f"{TENANT}, {OTHER}",
            "AZREMEDIATE_NETWORK_TRUST_ENV": "true",
            "AZREMEDIATE_SECRETS_LIFETIME": "P30D",
            "AZREMEDIATE_STATE_PATH": "",
        },
    )
    assert (config.tenant_id, config.file, config.state_path) == (TENANT, "", ".azremediate")
    assert config.guards.break_glass == (TENANT, OTHER)
    assert config.network.trust_env is True
    assert config.secrets.lifetime == timedelta(days=30)


def test_a_missing_file_names_the_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has no configuration yet is told how to get one."""
    monkeypatch.chdir(tmp_path)
    for path in (None, tmp_path / "other.yaml"):
        with pytest.raises(ConfigInvalid, match="does not exist") as caught:
            load_config(path, {})
        assert "copy config.example.yaml to config.yaml" in caught.value.hint


def test_a_named_file_has_to_exist(tmp_path: Path) -> None:
    """A file that somebody named is never passed over, even when the environment names the tenant."""
    environ = {"AZREMEDIATE_TENANT_ID": TENANT, "AZREMEDIATE_CONFIG": str(tmp_path / "none.yaml")}
    with pytest.raises(ConfigInvalid, match="does not exist"):
        load_config(None, environ)


def test_paths_in_the_file_are_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command finds the same state wherever it is called; a path from the environment is left as it is."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conf").mkdir()
    written(tmp_path / "conf", "state: {path: state}\nauth: {client_secret_file: secret.txt}\n")
    config = load_config(Path("conf/config.yaml"), {})
    assert Path(config.state_path) == tmp_path / "conf" / "state"
    assert Path(config.auth.client_secret_file) == tmp_path / "conf" / "secret.txt"
    assert load_config(Path("conf/config.yaml"), {"AZREMEDIATE_STATE_PATH": "x"}).state_path == "x"


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    """Each line names file, line, column and key, in the order of the file, and unknown keys get a suggestion."""
    body = "cloud: pubic\nguards:\n  max_percent: 101\n  max_change: 1\n  break_glass: x\nreconcile: {settle: 10s}\n"
    assert refusal(tmp_path, body).splitlines() == [
        "/config.yaml:2:8: cloud: must be one of public, usgov, usgov-dod, china or custom; did you mean 'public'?",
        "/config.yaml:4:16: guards.max_percent: must be at most 100",
        "/config.yaml:5:3: guards.max_change: is not a known key; did you mean 'max_changes'?",
        "/config.yaml:6:16: guards.break_glass: must be a list, such as [a, b]",
        "/config.yaml:7:21: reconcile.settle: must be an ISO 8601 duration, such as PT15M, PT2H or P1D",
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("tenant: x", "tenant: is not a known key; did you mean 'tenant_id'?", id="unknown key"),
        pytest.param("guards: {max_changes: 1.5}", "must be a whole number", id="fraction"),
        pytest.param("guards: {max_changes: '5'}", "must be a whole number", id="quoted number"),
        pytest.param("guards: {max_changes: -1}", "must be at least 0", id="negative limit"),
        pytest.param("guards: {max_percent: true}", "must be a number", id="flag for number"),
        pytest.param("network: {trust_env: yes}", "must be true or false", id="yes"),
        pytest.param("network: 3", "network: must be a section", id="no section"),
        pytest.param("network: {request: PT0S}", "must be longer than nothing", id="no time"),
        pytest.param("azure: {subscriptions: [x]}", "azure.subscriptions[0]: must be a GUID", id="no GUID"),
        pytest.param(f"guards: {{break_glass: [{TENANT}, {TENANT.upper()}]}}", "same twice", id="one twice"),
        pytest.param("guards: {approvals: {required_for: [privileged]}}", "needs at least 2 people", id="approvals"),
        pytest.param("secrets: {vault_url: 'http://v.vault.azure.net'}", "starts with https://", id="plain vault"),
        pytest.param("secrets: {vault_url: 'https://v.example.net'}", "of this cloud", id="any host as vault"),
        pytest.param("secrets: {vault_url: 'https://v.vault.azure.net/x'}", "base address", id="path in vault"),
        pytest.param("secrets: {name: 'fixed'}", "must hold {app_id} once", id="one name for all"),
        pytest.param(f"secrets: {{names: {{{TENANT}: a, {OTHER}: A}}}}", "same secret", id="shared name"),
        pytest.param("secrets: {names: {x: a}}", "secrets.names.x: must be a GUID", id="name of no application"),
        pytest.param("endpoints: {graph: 'http://127.0.0.1:1'}", "is for 'cloud: custom' only", id="endpoints"),
        pytest.param("cloud: custom", "endpoints.graph: is required", id="custom without endpoints"),
        pytest.param("endpoints: {graph: 'http://10.0.0.1'}", "loopback interface", id="endpoint elsewhere"),
        pytest.param("endpoints: {graph: 'http://127.0.0.1@evil.example'}", "no user name", id="disguised endpoint"),
        pytest.param("endpoints: {graph: 'http://127.0.0.1:99999'}", "must be an address", id="impossible port"),
        pytest.param("auth: {method: client-secret}", "auth.client_id: is required", id="no client id"),
        pytest.param("auth: {method: certificate}", "auth.certificate_file: is required", id="no certificate"),
    ],
)
def test_a_wrong_value_is_refused(tmp_path: Path, body: str, expected: str) -> None:
    """Each rule of docs/configuration.md has its sentence."""
    assert expected in refusal(tmp_path, body)


@pytest.mark.parametrize("key", ["client_secret", "password", "auth.secret", "auth.clientSecret", "secrets.token"])
def test_a_secret_is_refused_and_not_repeated(tmp_path: Path, key: str) -> None:
    """A key that would hold a secret says that secrets never go into this file; its value is in no text."""
    section, _, name = key.rpartition(".")
    value = "obviously-fake-value"
    said = refusal(tmp_path, f"{section}: {{{name}: {value}}}" if section else f"{name}: {value}")
    assert f"{key}: is not a key: secrets never go into this file" in said
    assert value not in said


def test_no_error_repeats_a_value(tmp_path: Path) -> None:
    """A secret in the wrong place is not in the message, nor in the exceptions behind it."""
    value = "obviously-fake-value"
    with pytest.raises(ConfigInvalid) as caught:
        load_config(written(tmp_path, f"cloud: {value}\nauth: {{client_id: {value}, method: {value}}}\n"), {})
    assert value not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_wrong_variable_is_named(tmp_path: Path) -> None:
    """What came from the environment is not blamed on the file."""
    with pytest.raises(ConfigInvalid) as caught:
        load_config(written(tmp_path, "foo: 1"), {"AZREMEDIATE_GUARDS_MAX_CHANGES": "many"})
    first, second = str(caught.value).splitlines()
    assert first == "AZREMEDIATE_GUARDS_MAX_CHANGES: guards.max_changes: must be a whole number"
    assert "config.yaml:2:1: foo: is not a known key" in second


def test_an_unknown_variable_is_refused(tmp_path: Path) -> None:
    """A misspelt variable would be a guard that is not there."""
    with pytest.raises(ConfigInvalid, match="'AZREMEDIATE_CLIENT_ID' is not known") as caught:
        load_config(written(tmp_path, ""), {"AZREMEDIATE_CLIENT_ID": TENANT})
    assert caught.value.hint == "did you mean 'AZREMEDIATE_AUTH_CLIENT_ID'?"


def test_the_secret_and_the_files_place_are_no_keys(tmp_path: Path) -> None:
    """Two variables belong to others and are left alone."""
    environ = {"AZREMEDIATE_CLIENT_SECRET": "obviously-fake", "AZREMEDIATE_CONFIG": "elsewhere.yaml"}
    assert "obviously-fake" not in repr(load_config(written(tmp_path, ""), environ))


def test_an_unknown_flag_key_is_refused(tmp_path: Path) -> None:
    """Overrides go by the same names as the file."""
    with pytest.raises(ConfigInvalid, match=r"'auth\.methods' is not a key"):
        load_config(written(tmp_path, ""), {}, {"auth.methods": "default"})


def test_a_lab_has_its_endpoints(tmp_path: Path) -> None:
    """Custom endpoints on the loopback interface make the run a lab run."""
    body = (
        "cloud: custom\nendpoints: {graph: 'http://127.0.0.1:8080/', login: 'https://[::1]:2'}\n"
        f"auth: {{method: client-secret, client_id: {OTHER}}}\nsecrets: {{vault_url: 'https://127.0.0.1:3'}}\n"
    )
    config = load_config(written(tmp_path, body), {})
    assert config.environment is Environment.LAB
    assert (config.endpoints.graph, config.endpoints.login) == ("http://127.0.0.1:8080", "https://[::1]:2")
    assert config.auth.method is AuthMethod.CLIENT_SECRET


def test_a_file_from_windows_is_read(tmp_path: Path) -> None:
    """A byte order mark and CR LF change nothing."""
    file = tmp_path / "config.yaml"
    file.write_bytes(b"\xef\xbb\xbftenant_id: " + TENANT.encode() + b"\r\ncloud: usgov\r\n")
    assert load_config(file, {}).cloud is Cloud.USGOV


@pytest.mark.parametrize("letter", ["\\n", "\\r", "\\x1b", "\\u2028", "\\x9b"])
def test_paths_have_no_control_characters(tmp_path: Path, letter: str) -> None:
    """A path that would break lines, or hide what stands behind it, is refused with its place."""
    for body in (f'state: {{path: "a{letter}b"}}', f'auth: {{token_file: "a{letter}b"}}'):
        assert "must be a path without control characters" in refusal(tmp_path, body)
