"""Read a playbook and check it against the actions that exist."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from azremediate.core.action import Action
from azremediate.core.change import UndoClass
from azremediate.core.errors import InputInvalid, PlaybookInvalid
from azremediate.core.parameters import parse_duration, parse_parameters
from azremediate.core.playbook import Playbook, Selector, Source, Step
from azremediate.core.target import TargetKind
from azremediate.intake.bounded_file import read_bounded
from azremediate.intake.builtin_playbooks import builtin_bytes, is_builtin_name
from azremediate.intake.playbook_model import PlaybookModel, SelectorModel, StepModel
from azremediate.intake.problem import Problem, check, raise_problems
from azremediate.intake.wording import quoted, suggest
from azremediate.intake.yaml_document import MAX_BYTES, YamlDocument, YamlPath, parse_yaml

_APPLICATION_KINDS = frozenset({TargetKind.APPLICATION, TargetKind.SERVICE_PRINCIPAL})
_HINT = "docs/playbooks.md explains the format"


def read_playbook(name_or_path: str | Path, actions: Mapping[str, Action]) -> Playbook:
    """A built-in playbook by name, or a file (anything with a path separator or ending in .yaml).

    Raises `PlaybookInvalid` that lists everything that is wrong with line and column.
    """
    if isinstance(name_or_path, str) and is_builtin_name(name_or_path):
        content, file, shown = builtin_bytes(name_or_path), "", f"{name_or_path}.yaml"
    else:
        file = shown = str(name_or_path)
        hint = "'azremediate playbooks list' shows the built-in ones"
        content = read_bounded(Path(name_or_path), MAX_BYTES, missing=hint, error=PlaybookInvalid)
    return parse_playbook(content, shown, actions, file=file)


def parse_playbook(content: bytes, shown: str, actions: Mapping[str, Action], *, file: str = "") -> Playbook:
    """A playbook from the bytes of its file; `shown` is the name that messages give it."""
    document = parse_yaml(content, shown, PlaybookInvalid)
    if not isinstance(document.data, dict):
        raise PlaybookInvalid("holds no playbook", file=shown, line=1, column=1, hint=_HINT)
    model, problems = check(PlaybookModel, document.data)
    # What is wrong with one step must not hide what is wrong with another's parameters.
    problems.extend(_raw_parameter_problems(document.data, actions))
    if model is not None:
        problems.extend(_selection_problems(model, actions))
    if model is None or problems:
        raise_problems(problems, document, PlaybookInvalid, _HINT)
    return Playbook(
        name=model.name,
        description=model.description.strip(),
        version=model.version,
        steps=tuple(_step(step, index, document) for index, step in enumerate(model.steps)),
        sha256=sha256(content).hexdigest(),
        file=file,
    )


def _step(step: StepModel, index: int, document: YamlDocument) -> Step:
    chosen = step.selector or SelectorModel()
    return Step(
        action=step.action,
        source=step.source,
        selector=Selector(
            chosen.kind or (), chosen.confidence or (), chosen.usage or (), chosen.unused_days, chosen.audience or ()
        ),
        parameters=step.parameters or {},
        line=document.position(("steps", index))[0],
        notice=None if step.notice is None else parse_duration(step.notice),
        scream_test=None if step.scream_test is None else parse_duration(step.scream_test),
    )


def _raw_parameter_problems(data: Mapping[str, Any], actions: Mapping[str, Action]) -> Iterator[Problem]:
    """Unknown actions and wrong parameters of each step that can be read at all."""
    steps = data.get("steps")
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        name = step.get("action") if isinstance(step, dict) else None
        if not isinstance(name, str) or not name:
            continue
        action = actions.get(name)
        if action is None:
            known = suggest(name, sorted(actions), "the actions are")
            yield Problem(("steps", index, "action"), f"there is no action {quoted(name)}; {known}")
        elif isinstance(step.get("with"), dict):
            yield from _parameter_problems(action, step["with"], ("steps", index, "with"))


def _parameter_problems(action: Action, given: Mapping[str, Any], path: YamlPath) -> Iterator[Problem]:
    """Each parameter alone, so that all wrong ones are named."""
    for name, value in given.items():
        try:
            parse_parameters(action.params, {name: value}, action.name)
        except InputInvalid as error:
            hint = f"; {error.hint}" if error.hint else ""
            yield Problem(
                (*path, name), f"{error.message}{hint}", at_key=name not in action.params.__dataclass_fields__
            )


def _selection_problems(model: PlaybookModel, actions: Mapping[str, Action]) -> Iterator[Problem]:
    for index, step in enumerate(model.steps):
        action = actions.get(step.action)
        if action is not None:
            yield from _step_problems(step, action, ("steps", index))


def _step_problems(step: StepModel, action: Action, path: YamlPath) -> Iterator[Problem]:
    chosen = step.selector or SelectorModel()
    if TargetKind.TENANT in action.targets:
        if step.source is not Source.TENANT:
            yield Problem((*path, "from"), f"must be 'tenant': {action.name} changes the tenant as a whole")
        if step.selector is not None:
            yield Problem((*path, "for"), f"selects nothing: {action.name} changes the tenant as a whole", at_key=True)
        return
    of_applications = not _APPLICATION_KINDS.isdisjoint(action.targets)
    if chosen.usage and not of_applications:
        yield Problem((*path, "for", "usage"), f"is known of applications only, and {action.name} takes none")
    yield from _age_problems(chosen, step.parameters or {}, path)
    yield from _soft_problems(step, chosen, action, path)
    if step.source is Source.TENANT:
        yield from _tenant_problems(chosen, action, path, of_applications=of_applications)
        return
    if chosen.audience:
        yield Problem((*path, "for", "audience"), "has no meaning without 'from: tenant'", at_key=True)
    if action.takes and chosen.kind:
        useless = sorted(set(chosen.kind) - action.takes)
        if useless:
            yield Problem((*path, "for", "kind"), f"{action.name} does nothing about {', '.join(useless)}")


def _age_problems(chosen: SelectorModel, parameters: Mapping[str, Any], path: YamlPath) -> Iterator[Problem]:
    if chosen.unused_days is None:
        return
    if not chosen.usage:
        yield Problem((*path, "for", "unused_days"), "has no meaning without usage", at_key=True)
    # The plan records the parameter, so that it has to be what targets were selected by.
    if parameters.get("unused_days", chosen.unused_days) != chosen.unused_days:
        yield Problem((*path, "for", "unused_days"), "differs from unused_days in 'with'")


def _soft_problems(step: StepModel, chosen: SelectorModel, action: Action, path: YamlPath) -> Iterator[Problem]:
    """Notice and watching belong to switching off what evidence shows unused, and to what can be switched on again."""
    for name in ("notice", "scream_test"):
        if getattr(step, name) is None:
            continue
        if not action.limited or action.undo_class is not UndoClass.REVERSIBLE:
            yield Problem((*path, name), f"has no meaning: {action.name} switches nothing off", at_key=True)
        elif not chosen.usage:
            yield Problem((*path, name), "has no meaning without usage", at_key=True)


def _tenant_problems(
    chosen: SelectorModel, action: Action, path: YamlPath, *, of_applications: bool
) -> Iterator[Problem]:
    """A step over the whole tenant: applications and service principals, and never without saying which."""
    if not of_applications:
        yield Problem((*path, "from"), f"cannot be 'tenant': {action.name} takes no applications")
        return
    for name in ("kind", "confidence"):
        if getattr(chosen, name):
            yield Problem((*path, "for", name), "has no meaning with 'from: tenant'", at_key=True)
    if not chosen.usage and not chosen.audience:
        missing = f"is required, or audience: without either {action.name} takes the whole tenant"
        yield Problem((*path, "for", "usage"), missing)
