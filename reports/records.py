"""The run record: JSON Lines, a header first and a footer last.

Owns the form of the lines and the file that holds them. Every view of a run is made from a record;
a record without its footer is one of a run that broke.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from ..strategies.programs import Json

RECORD_VERSION = 1


class RecordError(Exception):
    """The record cannot be written; the message says where and why."""


class RecordWriter:
    """Writes a record beside its destination, and puts it there on exit in one step.

    A run that breaks leaves a record without its footer; one that never began leaves none.

    Raises RecordError, before anything is run, when the destination cannot be written; and on exit,
    when it could be no longer.
    """

    def __init__(self, path: Path) -> None:
        self._error: OSError | None = None
        try:
            self._path = path.resolve()
            if self._path.is_dir():
                raise RecordError(f"{path} is a folder; name a file for the record")
            self._partial, self._file = self._open()
        except OSError as error:
            raise RecordError(
                f"no record can be written to {path}: {error.strerror}; name a file in a folder "
                "that exists and can be written"
            ) from None

    def _open(self) -> tuple[Path | None, TextIO]:
        if self._path.exists() and not self._path.is_file():
            return None, self._path.open("w", encoding="utf-8")  # a pipe, a device
        folder, prefix = self._path.parent, f".{self._path.name}."
        handle, name = tempfile.mkstemp(prefix=prefix, dir=folder, text=True)
        return Path(name), os.fdopen(handle, "w", encoding="utf-8")

    def write(self, line: Json) -> None:
        """Adds one line; it is on the disk when this returns.

        What cannot be written any more does not end the run, which is worth more than its record.
        """
        if self._error is None:
            try:
                self._file.write(json.dumps(line, separators=(",", ":")) + "\n")
                self._file.flush()
            except OSError as error:
                self._error = error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self._put_in_place()
        except OSError as problem:
            self._error = self._error or problem
        if self._error is not None and error is None:
            raise RecordError(
                f"the record could not be written to {self._path}: {self._error.strerror}; what is "
                "shown above is all there is of this run"
            )

    def _put_in_place(self) -> None:
        self._file.close()
        if self._partial is None:
            return
        if not self._partial.stat().st_size:
            # Nothing was run: what stood there before is worth more than an empty file.
            self._partial.unlink()
            return
        # mkstemp lets nobody else read; a record is as readable as any other file.
        umask = os.umask(0)
        os.umask(umask)
        self._partial.chmod(0o666 & ~umask)
        self._partial.replace(self._path)


def read_record(path: Path) -> list[Any]:
    """Returns the lines of a record, parsed."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
