"""The account of the operating system that runs the tool."""

import getpass


def os_user() -> str:
    """Its name, empty when the system knows none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # what it raises differs between systems and versions
        return ""
