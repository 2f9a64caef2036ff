"""The blocks of README that are made from the program itself: its help, the rights it needs, its exit codes."""

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from azremediate.cli.catalog import actions, readers
from azremediate.cli.command_reference import command_reference

_BLOCK = re.compile(r"(<!-- made: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def help_block() -> str:
    """What `azremediate --help` prints at 80 columns, as a code block."""
    return f"```text\n{command_reference().rstrip()}\n```\n"


def permissions_block() -> str:
    """Application permissions of Microsoft Graph, and Azure roles, with who needs them."""
    needs = {name: action.needs for name, action in actions().items()}
    needs |= {f"{name} (reading)": reader.needs for name, reader in readers().items()}
    graph: dict[str, list[str]] = {}
    azure: dict[str, list[str]] = {}
    for name, need in needs.items():
        for permission in need.graph:
            graph.setdefault(permission, []).append(name)
        for role in (*need.azure_roles, *need.directory_roles):
            azure.setdefault(role, []).append(name)
    lines = ["| Microsoft Graph application permission | needed by |", "| --- | --- |"]
    lines += [f"| {permission} | {', '.join(sorted(users))} |" for permission, users in sorted(graph.items())]
    lines += ["", "| role | needed by |", "| --- | --- |"]
    lines += [f"| {role} | {', '.join(sorted(users))} |" for role, users in sorted(azure.items())]
    return "\n".join(lines) + "\n"


BLOCKS: Mapping[str, Callable[[], str]] = {"help": help_block, "permissions": permissions_block}


def renewed(text: str) -> str:
    """The same text with every block as it is now."""
    return _BLOCK.sub(lambda match: f"{match[1]}{BLOCKS[match['name']]()}{match[3]}", text)


def main() -> None:
    """Renew the blocks in the files that are named as arguments."""
    for name in sys.argv[1:]:
        file = Path(name)
        file.write_text(renewed(file.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
