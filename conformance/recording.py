"""The lines of a run record, kept in memory and written to a file.

Owns the recording of a run. The content of the lines belongs to the outcome, and their format to
the reports.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ..reports.record.record import RecordWriter
from ..strategies.program import Json


class Recording:
    """Takes the lines of a record, and passes them to a writer if there is one."""

    def __init__(self, writer: RecordWriter | None = None) -> None:
        self.lines: list[Json] = []
        self._writer = writer

    def write(self, line: Json) -> None:
        """Takes a line."""
        self.lines.append(line)
        if self._writer is not None:
            self._writer.write(line)


@contextmanager
def recording(path: Path | None) -> Generator[Recording]:
    """Records a run for the block.

    Args:
        path: the file to write to; None to keep the lines in memory only.

    Raises RecordError when the file cannot be written.
    """
    if path is None:
        yield Recording()
    else:
        with RecordWriter(path) as writer:
            yield Recording(writer)
