"""Command lines for people to copy, with the configuration that the present command was given."""

import os
import shlex

from azremediate.cli.settings import Settings


def command_line(settings: Settings, *words: str) -> str:
    """The whole command, quoted where a shell needs it; with --config unless the environment or the default says it."""
    shown = ["azremediate", *(quoted(word) for word in words)]
    if settings.config is not None and str(settings.config) != os.environ.get("AZREMEDIATE_CONFIG"):
        shown += ["--config", quoted(str(settings.config))]
    return " ".join(shown)


def quoted(word: str) -> str:
    """One word as the shells of this system take it."""
    if os.name == "nt":
        return f'"{word}"' if " " in word else word
    return shlex.quote(word)
