"""Where the services of each cloud are, and what a cloud does not have."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from azremediate.core.cloud import Cloud
from azremediate.core.config import Config, Endpoints
from azremediate.core.errors import ConfigInvalid


@dataclass(frozen=True, slots=True)
class CloudEndpoints:
    """The services of one cloud.

    graph, login, arm: base addresses without version and final slash. vault_suffix: the domain that every vault's host
    ends with, empty where any host is taken. has_usage_report: whether the beta report of service principals' sign-ins
    exists. has_strengths: whether Conditional Access knows authentication strengths (by Microsoft's schemas).
    """

    graph: str
    login: str
    arm: str
    graph_scope: str
    arm_scope: str
    vault_scope: str
    vault_suffix: str
    has_usage_report: bool = False
    has_strengths: bool = True
    ca_bundle: str = ""
    custom: bool = False


_VAULT_NAME: Final = re.compile(r"[0-9a-z](?:[0-9a-z-]{1,22}[0-9a-z])")
"""A Key Vault's name is one label of 3 to 24 letters, digits and hyphens."""

_PUBLIC: Final = CloudEndpoints(
    graph="https://graph.microsoft.com",
    login="https://login.microsoftonline.com",
    arm="https://management.azure.com",
    graph_scope="https://graph.microsoft.com/.default",
    arm_scope="https://management.azure.com/.default",
    vault_scope="https://vault.azure.net/.default",
    vault_suffix=".vault.azure.net",
    has_usage_report=True,
)


def _government(graph: str) -> CloudEndpoints:
    return CloudEndpoints(
        graph=graph,
        login="https://login.microsoftonline.us",
        arm="https://management.usgovcloudapi.net",
        graph_scope=f"{graph}/.default",
        arm_scope="https://management.core.usgovcloudapi.net/.default",
        vault_scope="https://vault.usgovcloudapi.net/.default",
        vault_suffix=".vault.usgovcloudapi.net",
    )


_KNOWN: Final = {
    Cloud.PUBLIC: _PUBLIC,
    Cloud.USGOV: _government("https://graph.microsoft.us"),
    Cloud.USGOV_DOD: _government("https://dod-graph.microsoft.us"),
    Cloud.CHINA: CloudEndpoints(
        graph="https://microsoftgraph.chinacloudapi.cn",
        login="https://login.chinacloudapi.cn",
        arm="https://management.chinacloudapi.cn",
        graph_scope="https://microsoftgraph.chinacloudapi.cn/.default",
        arm_scope="https://management.chinacloudapi.cn/.default",
        vault_scope="https://vault.azure.cn/.default",
        vault_suffix=".vault.azure.cn",
        has_strengths=False,
    ),
}


def endpoints_of(config: Config) -> CloudEndpoints:
    """The endpoints that a configuration means; raises `ConfigInvalid` when they cannot be used."""
    if config.cloud is Cloud.CUSTOM:
        return _custom(config.endpoints)
    if config.endpoints != Endpoints():
        raise ConfigInvalid(
            f"endpoints are given, but cloud is {config.cloud.value}",
            hint="remove endpoints, or set cloud: custom for a server on this machine",
        )
    return _KNOWN[config.cloud]


def vault_url_of(config: Config, endpoints: CloudEndpoints) -> str:
    """The configured vault's base address, empty when none is configured; raises `ConfigInvalid`."""
    if endpoints.custom:
        url = config.secrets.vault_url or config.endpoints.vault
        return _loopback("secrets.vault_url", url, schemes=("https",)) if url else ""
    url = config.secrets.vault_url
    if not url:
        return ""
    parts = _split("secrets.vault_url", url, ("https",))
    name = (parts.hostname or "").removesuffix(endpoints.vault_suffix)
    if name == parts.hostname or not _VAULT_NAME.fullmatch(name) or parts.port not in (None, 443):
        raise ConfigInvalid(
            f"secrets.vault_url is not a Key Vault of the cloud {config.cloud.value}",
            hint=f"it looks like https://NAME{endpoints.vault_suffix}",
        )
    return f"https://{parts.hostname}"


def _custom(given: Endpoints) -> CloudEndpoints:
    for name in ("graph", "login", "arm"):
        if not getattr(given, name):
            raise ConfigInvalid(f"endpoints.{name} is missing", hint="cloud: custom needs every endpoint")
    return CloudEndpoints(
        graph=_loopback("endpoints.graph", given.graph, schemes=("http", "https")),
        login=_loopback("endpoints.login", given.login, schemes=("https",)),
        arm=_loopback("endpoints.arm", given.arm, schemes=("https",)),
        graph_scope=_PUBLIC.graph_scope,
        arm_scope=_PUBLIC.arm_scope,
        vault_scope=_PUBLIC.vault_scope,
        vault_suffix="",
        has_usage_report=True,
        ca_bundle=given.ca_bundle,
        custom=True,
    )


def _loopback(key: str, url: str, schemes: tuple[str, ...]) -> str:
    parts = _split(key, url, schemes)
    if not _is_loopback(parts.hostname or ""):
        raise ConfigInvalid(
            f"{key} is not on this machine",
            hint="custom endpoints are for servers at 127.0.0.1, ::1 or localhost only",
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(key: str, url: str, schemes: tuple[str, ...]) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or "@" in parts.netloc or parts.query or parts.fragment or not url.isprintable() or " " in url:
        raise ConfigInvalid(
            f"{key} is not a usable address",
            hint=f"it has the form {schemes[-1]}://HOST, without user, query or fragment",
        )
    return parts
