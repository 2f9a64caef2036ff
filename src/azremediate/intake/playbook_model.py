"""A playbook file as pydantic sees it, and the JSON Schema that editors check it with."""

import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from azremediate.core.credential import Confidence, CredentialKind
from azremediate.core.errors import InputInvalid
from azremediate.core.json_value import JsonObject
from azremediate.core.parameters import parse_duration
from azremediate.core.playbook import Audience, Source, Usage
from azremediate.intake.problem import rule

T = TypeVar("T")

_NAME = r"^[a-z0-9][a-z0-9-]{0,63}$"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _name(text: str) -> str:
    if re.fullmatch(_NAME.strip("^$"), text) is None:
        raise rule("must be lower-case words joined by '-', at most 64 characters")
    return text


def _filled(items: tuple[T, ...]) -> tuple[T, ...]:
    """Checked here and not by pydantic, which counts the items that are valid."""
    if not items:
        raise rule("must not be empty")
    return items


def _duration(text: str) -> str:
    try:
        parse_duration(text)
    except InputInvalid as error:
        raise rule(f"is no ISO 8601 duration; {error.hint}" if error.hint else error.message) from None
    return text


Listed = Annotated[tuple[T, ...], Field(json_schema_extra={"minItems": 1}), AfterValidator(_filled)]
Name = Annotated[str, Field(strict=True, min_length=1, json_schema_extra={"pattern": _NAME}), AfterValidator(_name)]
Sentence = Annotated[str, Field(strict=True, min_length=1, max_length=2000)]
Duration = Annotated[str, Field(strict=True, max_length=32), AfterValidator(_duration)]
Days = Annotated[int, Field(strict=True, ge=1, le=3650)]


class _Part(BaseModel):
    """A part of a playbook; unknown keys are errors, and no error text repeats a value."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)


class SelectorModel(_Part):
    """Which targets a step takes; what is left out does not restrict."""

    kind: Listed[CredentialKind] | None = Field(default=None, description="kinds of credential whose rows count")
    confidence: Listed[Confidence] | None = Field(default=None, description="how sure the reporter has to be")
    usage: Listed[Usage] | None = Field(
        default=None, description="what evidence says about the application's use; unknown is never unused"
    )
    unused_days: Days | None = Field(
        default=None, description="days without activity after which an application counts as unused"
    )
    audience: Listed[Audience] | None = Field(
        default=None,
        description="with 'from: tenant': applications that are registered in the tenant for these audiences",
    )


class StepModel(_Part):
    """One action for the targets that its selector takes."""

    action: Annotated[str, Field(strict=True, min_length=1, max_length=64, description="name of the action")]
    source: Source = Field(
        default=Source.CREDENTIALS,
        alias="from",
        description="where targets come from: the credential list or the whole tenant",
    )
    selector: SelectorModel | None = Field(default=None, alias="for", description="which targets")
    parameters: dict[str, Any] | None = Field(default=None, alias="with", description="parameters of the action")
    notice: Duration | None = Field(
        default=None, description="how long owners have to answer before an unused application is switched off"
    )
    scream_test: Duration | None = Field(
        default=None, description="how long a switched-off application is watched before it is ripe for deletion"
    )


class PlaybookModel(_Part):
    """The whole file."""

    name: Name = Field(description="the playbook's name")
    description: Sentence = Field(description="what it does, for people")
    version: Literal[1] = Field(description="version of the playbook format")
    steps: Annotated[Listed[StepModel], Field(max_length=50)] = Field(description="what is done, in this order")


def playbook_schema() -> JsonObject:
    """The JSON Schema (draft 2020-12) of a playbook file."""
    schema = PlaybookModel.model_json_schema(by_alias=True)
    return {"$schema": _DIALECT, **schema, "title": "azremediate playbook"}
