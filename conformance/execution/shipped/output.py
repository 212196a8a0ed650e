"""What the target writes to standard output and standard error.

Owns the file that both are redirected to. It must not know the target.
"""

from __future__ import annotations

import io
import os
import sys

_MAX_TEXT = 4000


class Output:
    """The file that the target's output goes to."""

    def __init__(self, path: str) -> None:
        self._file = io.FileIO(path, "r+")

    def redirect(self) -> None:
        """Sends standard output and standard error to the file, unbuffered."""
        sys.stdout.flush()
        sys.stderr.flush()
        for descriptor in (1, 2):
            os.dup2(self._file.fileno(), descriptor)
        sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), write_through=True)
        sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), write_through=True)

    def take(self) -> str:
        """Returns the beginning of the output since the last call, and empties the file."""
        size = os.fstat(self._file.fileno()).st_size
        content = os.pread(self._file.fileno(), min(size, _MAX_TEXT), 0)
        os.ftruncate(self._file.fileno(), 0)
        os.lseek(self._file.fileno(), 0, os.SEEK_SET)
        return content.decode("utf-8", "replace")


def has_output() -> bool:
    """Whether the file contains any output; raises OSError if standard output was closed."""
    return os.fstat(1).st_size > 0
