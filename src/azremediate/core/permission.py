"""What the tool's own identity must hold for something to work."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Needs:
    """Rights that an action or a reader needs, all of them.

    graph: application permissions of Microsoft Graph. directory_roles: built-in directory roles, only for the targets
    that the text in parentheses names. azure_roles: Azure roles with the scope in parentheses. licence: what the
    tenant must be licensed for.
    """

    graph: tuple[str, ...] = ()
    directory_roles: tuple[str, ...] = ()
    azure_roles: tuple[str, ...] = ()
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """A part of the tool that only reads, with what it needs; declared beside the code that reads."""

    name: str
    summary: str
    needs: Needs
