"""Small actions that do nothing, for checking playbooks against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

from azremediate.core.action import Action
from azremediate.core.credential import CredentialKind
from azremediate.core.target import TargetKind


@dataclass(frozen=True, slots=True)
class NoParams:
    """An action without parameters."""


@dataclass(frozen=True, slots=True)
class SecretParams:
    """Parameters of an action on secrets."""

    overlap: timedelta = field(default=timedelta(0), metadata={"help": "time"})
    days: int = field(default=90, metadata={"help": "days"})
    unused_days: int = field(default=90, metadata={"help": "days"})


@dataclass(frozen=True, slots=True)
class FakeAction:
    """What the check of a playbook reads of an action."""

    name: str
    targets: tuple[TargetKind, ...]
    takes: frozenset[CredentialKind] = frozenset()
    params: type[Any] = NoParams


def fake_actions() -> Mapping[str, Action]:
    """One action for each kind of target."""
    applications = (TargetKind.APPLICATION, TargetKind.SERVICE_PRINCIPAL)
    made = (
        FakeAction("change_secret", applications, frozenset({CredentialKind.CLIENT_SECRET}), SecretParams),
        FakeAction("change_user", (TargetKind.USER,), frozenset({CredentialKind.SESSION})),
        FakeAction("change_tenant", (TargetKind.TENANT,)),
    )
    return {action.name: cast(Action, action) for action in made}
