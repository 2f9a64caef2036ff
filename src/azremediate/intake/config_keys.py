"""The names under which a configuration value can be given outside the file."""

import types
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from azremediate.core.json_value import Json
from azremediate.intake.config_model import ConfigModel
from azremediate.intake.problem import model_in
from azremediate.intake.yaml_document import plain_scalar

PREFIX = "AZREMEDIATE_"
NOT_KEYS = frozenset({"AZREMEDIATE_CLIENT_SECRET", "AZREMEDIATE_CONFIG"})
"""Variables that are read elsewhere: the one secret, and where the file is."""


@dataclass(frozen=True, slots=True)
class ConfigKey:
    """One value of the configuration; `type` is its bare type, such as int or tuple."""

    path: tuple[str, ...]
    type: type[Any]

    @property
    def dotted(self) -> str:
        """The key as people write it, such as guards.max_changes."""
        return ".".join(self.path)

    @property
    def variable(self) -> str:
        """The environment variable that sets it, or nothing for a section of free keys."""
        return "" if self.type is dict else PREFIX + "_".join(self.path).upper()

    def value(self, text: str) -> Json:
        """The value that a text outside the file stands for: lists are separated by commas."""
        if self.type is tuple:
            return [part.strip() for part in text.split(",") if part.strip()]
        return plain_scalar(text) if self.type in (bool, int, float) else text


def config_keys() -> tuple[ConfigKey, ...]:
    """Every value of the configuration, in the order of the model."""
    return tuple(_walk(ConfigModel, ()))


def _walk(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[ConfigKey]:
    for name, field in model.model_fields.items():
        inner = model_in(field.annotation)
        if inner is not None:
            yield from _walk(inner, (*path, name))
        else:
            yield ConfigKey((*path, name), _bare(field.annotation))


def _bare(annotation: Any) -> type[Any]:
    """The type behind `Annotated[...] | None`; durations and choices are given as text."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return _bare(next(item for item in get_args(annotation) if item is not type(None)))
    if origin is Annotated:
        return _bare(get_args(annotation)[0])
    found = origin or annotation
    if not isinstance(found, type) or issubclass(found, Enum):
        return str
    return found if found in (bool, int, float, tuple, dict) else str
