"""Read the configuration: flag before environment before file before default."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from azremediate.core.config import (
    ApprovalSettings,
    AuditSettings,
    Auth,
    Azure,
    Breaker,
    Config,
    Endpoints,
    GuardSettings,
    Network,
    Plans,
    Reconcile,
    SecretStore,
    Throttle,
)
from azremediate.core.errors import ConfigInvalid
from azremediate.intake.config_keys import NOT_KEYS, PREFIX, ConfigKey, config_keys
from azremediate.intake.config_model import ApprovalsSection, BreakerSection, ConfigModel
from azremediate.intake.config_rules import broken_rules
from azremediate.intake.problem import Problem, check, raise_problems
from azremediate.intake.wording import meant, quoted
from azremediate.intake.yaml_document import YamlDocument, YamlPath, read_yaml

DEFAULT_FILE = "config.yaml"

_MISSING = "copy config.example.yaml to config.yaml and fill it in, or name another file with --config"
_HINT = "docs/configuration.md explains every key"
_PATHS: tuple[YamlPath, ...] = (
    ("state", "path"),
    ("endpoints", "ca_bundle"),
    ("auth", "client_secret_file"),
    ("auth", "certificate_file"),
    ("auth", "token_file"),
)
_SECTIONS: Mapping[str, type[Any]] = MappingProxyType(
    {
        "endpoints": Endpoints,
        "auth": Auth,
        "secrets": SecretStore,
        "guards": GuardSettings,
        "throttle": Throttle,
        "reconcile": Reconcile,
        "network": Network,
        "azure": Azure,
        "plans": Plans,
        "audit": AuditSettings,
    }
)


def load_config(
    path: Path | None, environ: Mapping[str, str], overrides: Mapping[str, str] = MappingProxyType({})
) -> Config:
    """The configuration of a run.

    path: the file; None takes AZREMEDIATE_CONFIG, else config.yaml in the current folder, which may be absent when
    the tenant is named elsewhere. overrides: values of flags by dotted key. An empty variable counts as not set.
    Raises `ConfigInvalid` that lists everything that is wrong.
    """
    keys = config_keys()
    given = {**_from_environment(environ, keys), **_from_flags(overrides, keys)}
    document = _document(path, environ, named="tenant_id" in {key.dotted for key, _ in given.values()})
    _absolute_paths(document)
    merged = _Merged(document)
    for origin, (key, text) in given.items():
        merged.put(key, text, origin)
    model, problems = check(ConfigModel, merged.data)
    if model is None or (problems := list(broken_rules(model))):
        merged.refuse(problems)
    return _assemble(model, document.file)


def _from_environment(environ: Mapping[str, str], keys: tuple[ConfigKey, ...]) -> dict[str, tuple[ConfigKey, str]]:
    by_name = {key.variable: key for key in keys if key.variable}
    found: dict[str, tuple[ConfigKey, str]] = {}
    for name, text in environ.items():
        if not name.startswith(PREFIX) or name in NOT_KEYS or not text:
            continue
        if name not in by_name:
            raise ConfigInvalid(
                f"the environment variable {quoted(name)} is not known", hint=meant(name, by_name) or _HINT
            )
        found[name] = (by_name[name], text)
    return dict(sorted(found.items()))


def _from_flags(overrides: Mapping[str, str], keys: tuple[ConfigKey, ...]) -> dict[str, tuple[ConfigKey, str]]:
    by_name = {key.dotted: key for key in keys}
    for name in overrides:
        if name not in by_name:
            raise ConfigInvalid(f"{quoted(name)} is not a key of the configuration", hint=meant(name, by_name) or _HINT)
    return {f"command line ({name})": (by_name[name], text) for name, text in overrides.items()}


def _document(path: Path | None, environ: Mapping[str, str], *, named: bool) -> YamlDocument:
    chosen = path or (Path(environ["AZREMEDIATE_CONFIG"]) if environ.get("AZREMEDIATE_CONFIG") else None)
    if chosen is None:
        chosen = Path(DEFAULT_FILE)
        if named and not chosen.exists():
            return YamlDocument("", {})
    document = read_yaml(chosen, missing=_MISSING, error=ConfigInvalid)
    if document.data is None:
        return YamlDocument(document.file, {})
    if not isinstance(document.data, dict):
        raise ConfigInvalid("holds no keys", file=document.file, line=1, column=1, hint=_MISSING)
    return document


def _absolute_paths(document: YamlDocument) -> None:
    """Make the paths in the file relative to its folder, wherever the command is called."""
    for section, key in _PATHS:
        holder = document.data.get(section)
        if isinstance(holder, dict) and isinstance(holder.get(key), str) and holder[key]:
            holder[key] = str(Path(document.file).parent.absolute() / holder[key])
    audit = document.data.get("audit")
    for anchor in audit.get("anchors") or () if isinstance(audit, dict) else ():
        if isinstance(anchor, dict) and isinstance(anchor.get("file"), str) and anchor["file"]:
            anchor["file"] = str(Path(document.file).parent.absolute() / anchor["file"])


class _Merged:
    """The file's data with what was given outside of it, which remembers what came from where."""

    def __init__(self, document: YamlDocument) -> None:
        self.data: dict[str, Any] = document.data
        self._document = document
        self._origins: dict[YamlPath, str] = {}

    def put(self, key: ConfigKey, text: str, origin: str) -> None:
        """Set one value over what the file says."""
        holder = self.data
        for part in key.path[:-1]:
            inner = holder.get(part)
            if inner is None:
                inner = holder[part] = {}
            if not isinstance(inner, dict):
                return  # the file is wrong at this place, and the check of the model will say so
            holder = inner
        holder[key.path[-1]] = key.value(text)
        self._origins[key.path] = origin

    def refuse(self, problems: list[Problem]) -> NoReturn:
        """Raise `ConfigInvalid`; problems with what was given outside the file come first, with its name."""
        outside = [(origin, item) for item in problems if (origin := self._origin(item.path))]
        inside = [item for item in problems if not self._origin(item.path)]
        texts = [f"{origin}: {item}" for origin, item in outside]
        if not inside:
            raise ConfigInvalid("\n".join(texts), hint=_HINT)
        try:
            raise_problems(inside, self._document, ConfigInvalid, _HINT)
        except ConfigInvalid as error:
            if not texts and self._document.file:
                raise
            raise ConfigInvalid("\n".join([*texts, error.message]), hint=_HINT) from None

    def _origin(self, path: YamlPath) -> str:
        return next((origin for given, origin in self._origins.items() if path[: len(given)] == given), "")


def _assemble(model: ConfigModel, file: str) -> Config:
    values: dict[str, Any] = {"tenant_id": model.tenant_id, "file": file}
    if model.cloud is not None:
        values["cloud"] = model.cloud
    if model.state is not None:
        given = {"state_path": model.state.path, "state_network": model.state.network}
        values |= {name: value for name, value in given.items() if value is not None}
    for name, kind in _SECTIONS.items():
        section = getattr(model, name)
        if section is not None:
            given = {item.name: getattr(section, item.name) for item in fields(kind)}
            values[name] = kind(**{key: _nested(value) for key, value in given.items() if value is not None})
    return Config(**values)


def _nested(value: Any) -> Any:
    """A section within a section as its dataclass; any other value as it is."""
    if isinstance(value, BreakerSection):
        return Breaker(**value.model_dump())
    if isinstance(value, ApprovalsSection):
        return ApprovalSettings(**value.model_dump(exclude_none=True))
    return value
