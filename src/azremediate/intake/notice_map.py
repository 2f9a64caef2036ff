"""The file in which people say which column of a notice holds which field."""

from pathlib import Path

from azremediate.core.errors import InputInvalid
from azremediate.intake.notice_columns import FIELDS, ColumnChoice, ColumnMap
from azremediate.intake.problem import Problem, raise_problems
from azremediate.intake.wording import suggest
from azremediate.intake.yaml_document import YamlDocument, read_yaml

_HINT = (
    f"write `columns:` and below it lines such as `message_id: Internet Message Id`; the fields are {', '.join(FIELDS)}"
)
_HEAD = """\
# Which column of the notice holds which field. Correct it by hand and pass it with --map.
# A field that the notice does not have has no line. What no line names is kept as context.
columns:
"""


def read_map(path: Path) -> ColumnMap:
    """The map in a file; `InputInvalid` with line and remedy for everything that is wrong with it."""
    document = read_yaml(path, missing="write one with --save-map FILE")
    problems = list(_problems(document))
    if problems:
        raise_problems(problems, document, InputInvalid, _HINT)
    columns = {name: str(column).strip() for name, column in document.data["columns"].items()}
    lines = {name: document.position(("columns", name), key=True)[0] for name in columns}
    return ColumnMap(columns, str(path), lines)


def map_text(choice: ColumnChoice) -> str:
    """The map of what was guessed, for a person to correct; what is not clear stands there as a comment."""
    lines = []
    for name in FIELDS:
        if name in choice.columns:
            lines.append(f"  {name}: {_scalar(choice.columns[name])}")
        elif name in choice.unclear:
            lines.append("  # several columns would do; keep one of these lines:")
            lines += [f"  # {name}: {_scalar(column)}" for column in choice.unclear[name]]
        else:
            lines.append(f"  # {name}:")
    return _HEAD + "\n".join(lines) + "\n"


def _problems(document: YamlDocument) -> list[Problem]:
    data = document.data
    if not isinstance(data, dict):
        return [Problem((), "has no section `columns`")]
    found = [
        Problem((key,), f"is not a known key; {suggest(key, ['columns'], 'known here')}", at_key=True)
        for key in data
        if key != "columns"
    ]
    columns = data.get("columns")
    if not isinstance(columns, dict) or not columns:
        return [*found, Problem(("columns",), "must be a section with a line for each field")]
    seen: dict[str, str] = {}
    for name, column in columns.items():
        path = ("columns", name)
        if name not in FIELDS:
            found.append(
                Problem(path, f"is no field of a notice; {suggest(name, list(FIELDS), 'the fields')}", at_key=True)
            )
        elif not isinstance(column, str | int | float) or isinstance(column, bool) or not str(column).strip():
            found.append(Problem(path, "must be the header of a column; put it in quotes"))
        elif str(column).strip() in seen:
            found.append(Problem(path, f"names the same column as {seen[str(column).strip()]}"))
        else:
            seen[str(column).strip()] = name
    return found


def _scalar(text: str) -> str:
    """A header as a YAML text in double quotes, whatever is in it."""
    escaped = (char if _plain(char) else _escape(char) for char in text)
    return f'"{"".join(escaped)}"'


def _plain(char: str) -> bool:
    return char.isprintable() and char not in '"\\'


def _escape(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return f"\\U{ord(char):08X}"
