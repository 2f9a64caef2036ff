"""Clouds: where their services are, and which addresses a configuration may name."""

from dataclasses import replace

import pytest

from azremediate.core.cloud import Cloud
from azremediate.core.config import Config, Endpoints, SecretStore
from azremediate.core.errors import ConfigInvalid
from azremediate.tenant.clouds import endpoints_of, vault_url_of

LAB = Endpoints("http://127.0.0.1:8080/", "https://localhost:8081", "https://[::1]:82", "https://127.9.9.9:83", "ca")


GOV_ARM = ("management.usgovcloudapi.net", "management.core.usgovcloudapi.net")
CHINA_ARM = ("management.chinacloudapi.cn", "management.chinacloudapi.cn")


@pytest.mark.parametrize(
    ("cloud", "graph", "login", "arm", "has"),
    [
        (
            Cloud.PUBLIC,
            "graph.microsoft.com",
            "login.microsoftonline.com",
            ("management.azure.com", "management.azure.com"),
            (True, True),
        ),
        (Cloud.USGOV, "graph.microsoft.us", "login.microsoftonline.us", GOV_ARM, (False, True)),
        (Cloud.USGOV_DOD, "dod-graph.microsoft.us", "login.microsoftonline.us", GOV_ARM, (False, True)),
        (Cloud.CHINA, "microsoftgraph.chinacloudapi.cn", "login.chinacloudapi.cn", CHINA_ARM, (False, False)),
    ],
)
def test_known_clouds(cloud: Cloud, graph: str, login: str, arm: tuple[str, str], has: tuple[bool, bool]) -> None:
    """Hosts and scopes of Microsoft's clouds, and whether they have the usage report and authentication strengths."""
    found = endpoints_of(Config("t", cloud))
    assert (found.graph, found.login, found.arm) == (f"https://{graph}", f"https://{login}", f"https://{arm[0]}")
    assert (found.graph_scope, found.arm_scope) == (f"https://{graph}/.default", f"https://{arm[1]}/.default")
    assert (found.has_usage_report, found.has_strengths, found.custom) == (*has, False)


def test_custom() -> None:
    """Addresses of this machine, without a final slash; scopes as in the public cloud."""
    config = Config("t", Cloud.CUSTOM, LAB)
    found = endpoints_of(config)
    assert (found.graph, found.login, found.arm) == (
        "http://127.0.0.1:8080",
        "https://localhost:8081",
        "https://[::1]:82",
    )
    assert found.graph_scope == "https://graph.microsoft.com/.default"
    assert (found.has_usage_report, found.custom, found.ca_bundle) == (True, True, "ca")
    assert vault_url_of(config, found) == "https://127.9.9.9:83"
    assert vault_url_of(replace(config, endpoints=replace(LAB, vault="")), found) == ""


@pytest.mark.fault("S6")
@pytest.mark.parametrize("name", ["graph", "login", "arm"])
@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://graph.microsoft.com",
        "https://127.0.0.1.evil.example",
        "https://localhost.evil.example",
        "https://user@127.0.0.1",
        "https://127.0.0.1?x",
        "https://127.0.0.1#x",
        "https://10.0.0.1",
        "https://0.0.0.0",
        "ftp://127.0.0.1",
        "127.0.0.1:80",
        "https://[::1",
        "https://127.0.0.1:99999",
        "https://127.0.0.1/\r\nx",
    ],
)
def test_custom_is_for_this_machine(name: str, address: str) -> None:
    """Anything else is refused, naming the key."""
    config = Config("t", Cloud.CUSTOM, replace(LAB, **{name: address}))
    with pytest.raises(ConfigInvalid, match=f"endpoints.{name}"):
        endpoints_of(config)


@pytest.mark.fault("N26")
@pytest.mark.parametrize("name", ["login", "arm"])
def test_tokens_and_secrets_need_tls(name: str) -> None:
    """Only Graph may be spoken to without TLS, on this machine."""
    with pytest.raises(ConfigInvalid, match=name):
        endpoints_of(Config("t", Cloud.CUSTOM, replace(LAB, **{name: "http://127.0.0.1:1"})))


def test_endpoints_need_custom() -> None:
    """A live cloud cannot be redirected."""
    with pytest.raises(ConfigInvalid, match="cloud is public"):
        endpoints_of(Config("t", Cloud.PUBLIC, LAB))


@pytest.mark.fault("S6")
@pytest.mark.parametrize(
    ("cloud", "url", "usable"),
    [
        (Cloud.PUBLIC, "https://contoso.vault.azure.net", True),
        (Cloud.PUBLIC, "https://contoso.vault.azure.net/", True),
        (Cloud.USGOV, "https://contoso.vault.usgovcloudapi.net", True),
        (Cloud.CHINA, "https://contoso.vault.azure.cn", True),
        (Cloud.PUBLIC, "http://contoso.vault.azure.net", False),
        (Cloud.PUBLIC, "https://vault.azure.net.evil.example", False),
        (Cloud.PUBLIC, "https://evilvault.azure.net", False),
        (Cloud.PUBLIC, "https://evil.example\\.vault.azure.net", False),
        (Cloud.PUBLIC, "https://a.b.vault.azure.net", False),
        (Cloud.PUBLIC, "https://.vault.azure.net", False),
        (Cloud.PUBLIC, "https://contoso.vault.azure.net:8443", False),
        (Cloud.PUBLIC, "https://contoso.vault.usgovcloudapi.net", False),
        (Cloud.PUBLIC, "https://127.0.0.1", False),
    ],
)
def test_vaults_of_a_cloud(cloud: Cloud, url: str, usable: bool) -> None:
    """A vault is a host of its cloud; secrets go nowhere else."""
    config = Config("t", cloud, secrets=SecretStore(vault_url=url))
    if usable:
        assert vault_url_of(config, endpoints_of(config)) == url.rstrip("/")
    else:
        with pytest.raises(ConfigInvalid, match=r"secrets\.vault_url"):
            vault_url_of(config, endpoints_of(config))
