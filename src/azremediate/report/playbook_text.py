"""A playbook as text: its steps in order, with which targets they take."""

from collections.abc import Iterator

from azremediate.core.parameters import parameters_json
from azremediate.core.playbook import Playbook, Source, Step
from azremediate.report.escape import terminal
from azremediate.report.phrases import value_text


def playbook_text(playbook: Playbook) -> str:
    """The playbook; nothing is left out."""
    lines = [
        f"{terminal(playbook.name)} v{playbook.version}",
        f"  {terminal(' '.join(playbook.description.split()))}",
        f"  {'needs a credential list' if playbook.needs_credentials else 'needs no credential list'}",
    ]
    for number, step in enumerate(playbook.steps, start=1):
        lines.append("")
        lines += _step_lines(number, step)
    return "\n".join(lines)


def _step_lines(number: int, step: Step) -> Iterator[str]:
    source = "the whole tenant" if step.source is Source.TENANT else "the credential list"
    yield f"{number}. {terminal(step.action)}"
    yield f"   targets from {source}"
    for name, value in parameters_json(step.selector).items():
        if name == "unused_days" and value is not None:
            yield f"   unused means {value_text(value)} days without activity"
        elif value not in (None, [], ()):
            yield f"   only {name}: {value_text(value)}"
    for name, value in step.parameters.items():
        yield f"   with {terminal(name)}: {value_text(value)}"
