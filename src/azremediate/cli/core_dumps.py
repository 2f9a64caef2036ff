"""Keeps this process's memory, in which secrets pass by, out of core dumps and from other processes of the account."""

import contextlib
import sys

_PR_SET_DUMPABLE = 4


def forbid_core_dumps() -> None:
    """No core file from now on; on Linux nobody but the system's administrator can attach or read the memory either.

    Where the system has no such thing, or refuses, nothing happens: this is a second line, not the first.
    """
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
