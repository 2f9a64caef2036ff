"""Reads and writes plan files, so that a plan on disk is always a whole one."""

from os import fstat
from pathlib import Path
from typing import BinaryIO

from azremediate.cli.whole_file import write_parts
from azremediate.core.errors import InputInvalid, PlanUnusable
from azremediate.core.plan import MAX_BYTES, Plan, parse_plan, plan_parts

_AT_FIRST = 1 << 20
_BEGINS = b'{"applicable":'
"""Names of members are sorted in canonical form, so that this one is the first."""
_MAKE_ONE = "make a plan with `azremediate plan PLAYBOOK -o FILE`"


def read_plan(path: Path) -> Plan:
    """The plan in a file.

    Raises `InputInvalid` when there is no file that can be read, `PlanUnusable` when it is not what the planner wrote.
    """
    try:
        with path.open("rb") as stream:
            content = _content(stream, path)
    except FileNotFoundError:
        raise InputInvalid("the plan does not exist", file=str(path), hint=_MAKE_ONE) from None
    except IsADirectoryError:
        raise InputInvalid("is a folder, not a plan", file=str(path), hint="name the file in it") from None
    except PermissionError:
        raise _unreadable(path) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not usable"
        raise InputInvalid(f"the plan cannot be read: {reason}", file=str(path), hint=_MAKE_ONE) from None
    return parse_plan(content, str(path))


def _content(stream: BinaryIO, path: Path) -> bytes:
    """All of the file, unless it is too large; of one that does not begin as a plan does only the beginning."""
    content = stream.read(_AT_FIRST)
    if len(content) == _AT_FIRST and content.startswith(_BEGINS):
        if fstat(stream.fileno()).st_size > MAX_BYTES:
            raise _too_large(path)
        content += stream.read(MAX_BYTES + 1 - len(content))
    if len(content) > MAX_BYTES:
        raise _too_large(path)
    return content


def _too_large(path: Path) -> PlanUnusable:
    return PlanUnusable(f"{path} is larger than {MAX_BYTES >> 20} MiB, so it is no plan", hint=_MAKE_ONE)


def write_plan(path: Path, plan: Plan) -> None:
    """Put the plan into a file that only its owner may read; see `write_parts`."""
    write_parts(path, plan_parts(plan), "the plan")


def _unreadable(path: Path) -> InputInvalid:
    if path.is_dir():  # Windows answers "permission denied" when a folder is opened
        return InputInvalid("is a folder, not a plan", file=str(path), hint="name the file in it")
    return InputInvalid("the plan may not be read", file=str(path), hint="check its permissions")
