"""Folders whose names outlive a loss of power."""

import os
from pathlib import Path


def make_folders(folder: Path, *, mode: int = 0o777) -> None:
    """Make a folder and those above it that are missing, each durable in the one above; `OSError` when it cannot."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir(mode=mode)
        flush_folder(place.parent)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system can (Windows has no such call)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
