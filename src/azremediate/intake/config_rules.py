"""The rules between keys of the configuration that are each right by themselves."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from azremediate.core.approval import ENOUGH, parse_approver
from azremediate.core.cloud import Cloud
from azremediate.core.config import AuthMethod
from azremediate.intake.config_model import ConfigModel
from azremediate.intake.config_value import is_loopback
from azremediate.intake.problem import Problem

_VAULTS = {
    Cloud.PUBLIC: ".vault.azure.net",
    Cloud.USGOV: ".vault.usgovcloudapi.net",
    Cloud.USGOV_DOD: ".vault.usgovcloudapi.net",
    Cloud.CHINA: ".vault.azure.cn",
}


def broken_rules(model: ConfigModel) -> Iterator[Problem]:
    """What is wrong between keys that are each right by themselves."""
    cloud = model.cloud or Cloud.PUBLIC
    ends = model.endpoints
    if cloud is not Cloud.CUSTOM and ends is not None and ends.model_dump(exclude_none=True):
        yield Problem(("endpoints",), "is for 'cloud: custom' only", at_key=True)
    if cloud is Cloud.CUSTOM:
        for name in ("graph", "login"):
            if ends is None or getattr(ends, name) is None:
                yield Problem(("endpoints", name), "is required with 'cloud: custom'")
    yield from _broken_vault(model, cloud)
    auth = model.auth
    method = auth.method if auth else None
    if auth and method in (AuthMethod.CLIENT_SECRET, AuthMethod.CERTIFICATE) and auth.client_id is None:
        yield Problem(("auth", "client_id"), f"is required with 'method: {method}'")
    if auth and method is AuthMethod.CERTIFICATE and auth.certificate_file is None:
        yield Problem(("auth", "certificate_file"), "is required with 'method: certificate'")
    yield from _broken_approvals(model)


def _broken_approvals(model: ConfigModel) -> Iterator[Problem]:
    """Approvals that nobody could give would stop every plan."""
    section = model.guards.approvals if model.guards else None
    if section is None:
        return
    approvers = [parse_approver(text) for text in section.approvers or ()]
    if len({one.key_id for one in approvers}) < len(approvers) or len({one.name.casefold() for one in approvers}) < len(
        approvers
    ):
        yield Problem(("guards", "approvals", "approvers"), "names a person or a key twice")
    if section.required_for and len(approvers) < ENOUGH:
        place = ("guards", "approvals", "approvers")
        yield Problem(place, f"needs at least {ENOUGH} people while required_for is not empty")


def _broken_vault(model: ConfigModel, cloud: Cloud) -> Iterator[Problem]:
    """New secrets go to a vault of the same cloud, never to whoever owns a mistyped name."""
    if model.secrets is None or model.secrets.vault_url is None:
        return
    host = urlsplit(model.secrets.vault_url).hostname or ""
    if cloud is Cloud.CUSTOM and not is_loopback(host):
        yield Problem(("secrets", "vault_url"), "must be on the loopback interface with 'cloud: custom'")
    elif cloud is not Cloud.CUSTOM and not host.endswith(_VAULTS[cloud]):
        yield Problem(("secrets", "vault_url"), f"must be a Key Vault of this cloud, https://NAME{_VAULTS[cloud]}")
