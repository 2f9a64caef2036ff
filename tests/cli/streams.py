"""Streams for tests that claim to be a terminal, or that fail as full disks and closed pipes do."""

import errno
import io
import os


class Terminal(io.StringIO):
    """Text that a person would see."""

    def isatty(self) -> bool:
        """Claims to be one."""
        return True


class Failing(io.StringIO):
    """A stream whose other end is gone or full."""

    def __init__(self, code: int = errno.ENOSPC) -> None:
        super().__init__()
        self._code = code

    def write(self, text: str, /) -> int:
        """Fails as the operating system would."""
        if self._code == errno.EPIPE:
            raise BrokenPipeError(self._code, os.strerror(self._code))
        raise OSError(self._code, os.strerror(self._code))
