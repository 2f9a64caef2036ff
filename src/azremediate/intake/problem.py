"""Everything that is wrong with a checked document, as sentences that name the place."""

import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NoReturn, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from azremediate.core.errors import InputInvalid
from azremediate.intake.wording import MOST_SHOWN, meant, quoted, smells_of_secret, suggest
from azremediate.intake.yaml_document import YamlDocument, YamlPath

M = TypeVar("M", bound=BaseModel)


_SENTENCES = {
    "value_error": "{error}",
    "missing": "is required",
    "string_type": "must be text; put it in quotes",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list, such as [a, b]",
    "list_type": "must be a list, such as [a, b]",
    "dict_type": "must be a section with keys of its own",
    "model_type": "must be a section with keys of its own",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must not be empty",
    "too_long": "must have at most {max_length} items",
    "literal_error": "must be {expected}",
    "finite_number": "must be a number",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; `at_key` says that the key is meant and not its value."""

    path: YamlPath
    sentence: str
    at_key: bool = False

    @property
    def dotted(self) -> str:
        """The path as people write it, such as steps[0].for.kind."""
        text = "".join(f"[{part}]" if isinstance(part, int) else f".{_shown(part)}" for part in self.path)
        return text.removeprefix(".")

    def __str__(self) -> str:
        return f"{self.dotted}: {self.sentence}" if self.path else self.sentence


def rule(sentence: str) -> ValueError:
    """What a validator raises; `sentence` continues the name of the key and never holds its value."""
    return ValueError(sentence)


def check(model: type[M], data: object) -> tuple[M | None, list[Problem]]:
    """The data as a model, or everything that is wrong with it, without any value."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, [_problem(details, model) for details in error.errors(include_url=False)]


def raise_problems(
    problems: Sequence[Problem], document: YamlDocument, error: type[InputInvalid], hint: str
) -> NoReturn:
    """Raise `error` with all problems in the order of the file, one line each, as file:line:column: key: sentence."""
    placed = sorted((document.position(item.path, key=item.at_key), str(item)) for item in problems)
    (line, column), first = placed[0]
    rest = [f"{document.file}:{at[0]}:{at[1]}: {text}" for at, text in placed[1:MOST_SHOWN]]
    if len(placed) > MOST_SHOWN:
        rest.append(f"and {len(placed) - MOST_SHOWN} more")
    raise error("\n".join([first, *rest]), file=document.file, line=line, column=column, hint=hint)


def _shown(part: str) -> str:
    return part if part.isascii() and part.replace("_", "").replace("-", "").isalnum() else quoted(part)


def _problem(details: Mapping[str, Any], model: type[BaseModel]) -> Problem:
    at_key = bool(details["loc"]) and details["loc"][-1] == "[key]"
    path = tuple(part for part in details["loc"] if part != "[key]")
    if details["type"] == "extra_forbidden":
        return Problem(path, _unknown(str(path[-1]), _known(model, path[:-1])), at_key=True)
    context = details.get("ctx", {})
    if details["type"] == "enum":
        sentence = f"must be one of {str(context['expected']).replace(chr(39), '')}"
        close = _close(details["input"], str(context["expected"]).replace(" or ", ", "))
        return Problem(path, f"{sentence}; {close}" if close else sentence)
    context = {name: f"{value:g}" if isinstance(value, float) else value for name, value in context.items()}
    template = _SENTENCES.get(details["type"], "is not usable")
    return Problem(path, template.format(**context), at_key=at_key)


def _close(given: object, expected: str) -> str:
    return meant(given, [part.strip(" '") for part in expected.split(",")]) if isinstance(given, str) else ""


def _unknown(name: str, known: Sequence[str]) -> str:
    if smells_of_secret(name):
        return "is not a key: secrets never go into this file"
    return f"is not a known key; {suggest(name, known, 'known here')}"


def _known(model: type[BaseModel], path: Iterable[str | int]) -> list[str]:
    """The keys of the model that stands at `path`."""
    for part in path:
        names = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
        if isinstance(part, str):
            inner = model_in(names.get(part))
            if inner is None:
                return []
            model = inner
    return [field.alias or name for name, field in model.model_fields.items()]


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside an annotation such as `Section | None` or `tuple[Step, ...]`, if there is one."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return annotation if issubclass(annotation, BaseModel) else None
    if get_origin(annotation) in (Union, types.UnionType, tuple, Annotated):
        return next((found for item in get_args(annotation) if (found := model_in(item))), None)
    return None
