"""The configuration that the command line, the environment and the file give together."""

import os

from azremediate.cli.settings import Settings
from azremediate.core.config import Config
from azremediate.intake.config import load_config


def configuration(settings: Settings) -> Config:
    """The configuration; raises `ConfigInvalid` with every problem and its line."""
    return load_config(settings.config, os.environ)
