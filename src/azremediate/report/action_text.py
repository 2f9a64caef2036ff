"""An action as text and as JSON: what it does, what it needs, what it takes, how it is undone."""

import dataclasses
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any, get_type_hints

from azremediate.core.action import Action
from azremediate.core.codec import encode
from azremediate.core.json_value import Json, JsonObject
from azremediate.core.parameters import parameters_json
from azremediate.report.phrases import value_text


def action_text(action: Action) -> str:
    """The action with its parameters and what it needs."""
    rows = [
        ("phase", action.phase.value),
        ("targets", ", ".join(action.targets)),
        ("takes", ", ".join(sorted(action.takes)) or "any credential"),
        ("closes", ", ".join(sorted(action.closes)) or "none by itself"),
        ("undo", action.undo_class.value),
        ("risk", action.risk.value),
    ]
    lines = [action.name, f"  {action.summary}", "", *(f"  {name:<8} {text}" for name, text in rows)]
    return "\n".join([*lines, *_parameter_lines(action), *_need_lines(action)])


def action_json(action: Action) -> JsonObject:
    """The same as an object."""
    return {
        "name": action.name,
        "summary": action.summary,
        "phase": action.phase.value,
        "targets": encode(action.targets),
        "takes": encode(action.takes),
        "closes": encode(action.closes),
        "undo_class": action.undo_class.value,
        "risk": action.risk.value,
        "counted_by_max_percent": action.limited,
        "parameters": list(_parameters(action)),
        "needs": encode(action.needs),
    }


def _parameters(action: Action) -> Iterator[JsonObject]:
    defaults = parameters_json(action.params())
    hints = get_type_hints(action.params)
    for item in dataclasses.fields(action.params):
        choices: Sequence[Json] = []
        kind = hints[item.name]
        if isinstance(kind, type) and issubclass(kind, Enum):
            choices = [str(choice.value) for choice in kind]
        yield {
            "name": item.name,
            "default": defaults[item.name],
            "choices": choices,
            "help": _help(item),
        }


def _help(item: "dataclasses.Field[Any]") -> str:
    return str(item.metadata.get("help", ""))


def _parameter_lines(action: Action) -> Iterator[str]:
    found = list(_parameters(action))
    if not found:
        return
    yield ""
    yield "  Parameters (--with name=value, or `with:` in a playbook):"
    for one in found:
        choices = f"  one of {value_text(one['choices'])}" if one["choices"] else ""
        yield f"    {one['name']} = {value_text(one['default'])}{choices}"
        if one["help"]:
            yield f"        {one['help']}"


def _need_lines(action: Action) -> Iterator[str]:
    needs = action.needs
    rows = [
        ("Graph application permissions", needs.graph),
        ("Directory roles", needs.directory_roles),
        ("Azure roles", needs.azure_roles),
        ("Licence", (needs.licence,) if needs.licence else ()),
    ]
    if any(values for _, values in rows):
        yield ""
        yield "  What azremediate's own identity needs for it:"
    for title, values in rows:
        if values:
            yield f"    {title}: {', '.join(values)}"
