"""The run record: JSON Lines, a header first and a footer last.

Owns the form of the lines and the file that holds them. Every view of a run is made from a record;
a record without its footer is one of a run that broke.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self, TextIO

from ...strategies.programs import Json, is_object
from ..files import Unreadable, read_whole, readable
from .line_types import KINDS, complaint, contradiction

RECORD_VERSION = 2
# A run with every finding there may be has a tenth of it.
MOST = 256 * 2**20


class RecordError(Exception):
    """The record cannot be written, or read; the message says where and why."""


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
        self._partial.chmod(readable())
        self._partial.replace(self._path)


@dataclass(frozen=True)
class Record:
    """What a record says: the lines by their kind.

    Without its ``footer``, it is of a run that broke; ``findings`` and ``results`` are then those
    that were written down until then.
    """

    header: Json
    findings: list[Json]
    results: list[Json]
    entries: list[Json]
    footer: Json | None

    @staticmethod
    def of(lines: Iterable[Json]) -> Record:
        """Returns the record that has these lines, the header first."""
        by_kind: dict[str, list[Json]] = {kind: [] for kind in KINDS}
        for line in lines:
            by_kind[line["kind"]].append(line)
        [header], footer = by_kind["header"], next(iter(by_kind["footer"]), None)
        return Record(header, by_kind["finding"], by_kind["result"], by_kind["entry"], footer)


def read_record(path: Path) -> Record:
    """Returns a record; raises RecordError, which says what is wrong with it, when it is none.

    A last line that ends too early is that of a run that broke, and is left out.
    """
    try:
        content = read_whole(path, MOST)
    except Unreadable as error:
        raise RecordError(f"{error}; name a record") from None
    return parsed(content, str(path))


def parsed(content: bytes, where: str) -> Record:
    """Returns the record that the content of a file is; raises RecordError when it is none.

    Args:
        where: what the content is called in messages.
    """
    try:
        lines = content.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise RecordError(f"{where}: byte {error.start} is not UTF-8; a record is") from None
    # The last line is empty, or was never finished.
    if not _parses(lines[-1]):
        del lines[-1]
    forms = [_line(line, f"{where}: line {at}") for at, line in enumerate(lines, 1)]
    _refuse_disorder(forms, where)
    for at, form in enumerate(forms, 1):
        wrong = complaint(form)
        if wrong:
            raise RecordError(f"{where}: line {at}: {wrong}")
    record = Record.of(forms)
    _refuse_contradictions(record, where)
    return record


def _parses(line: str) -> bool:
    try:
        _json(line)
    except (ValueError, RecursionError):
        return False
    return True


def _json(line: str) -> Any:
    return json.loads(line, parse_constant=_no_number)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number in it")


def _line(line: str, where: str) -> Json:
    try:
        form = _json(line)
    except (ValueError, RecursionError) as error:
        raise RecordError(f"{where}: this is no JSON: {error}; a record has it on each") from None
    kind = form.get("kind") if is_object(form) else None
    if kind not in KINDS:
        known = ", ".join(KINDS)
        raise RecordError(f"{where}: kind {kind!r:.60} is not known; lines are of {known}")
    return dict(form)


def _refuse_disorder(forms: list[Json], where: str) -> None:
    """Raises RecordError for lines of which one is missing, too many, or not in its place."""
    if not forms or forms[0]["kind"] != "header":
        raise RecordError(f"{where}: it does not begin with a header, as every record does")
    version = forms[0].get("record")
    if "record" in forms[0] and (type(version) is not int or version != RECORD_VERSION):
        raise RecordError(
            f"{where}: this is a record of version {version!r:.60}; this release reads version "
            f"{RECORD_VERSION}, which a new run writes"
        )
    kinds = [form["kind"] for form in forms]
    for kind in ("header", "footer"):
        if kinds.count(kind) > 1:
            raise RecordError(f"{where}: it has two {kind}s; a record is of one run")
    if "footer" in kinds[:-1]:
        raise RecordError(f"{where}: it goes on behind its footer; a record is of one run")


def _refuse_contradictions(record: Record, where: str) -> None:
    """Raises RecordError for lines that cannot all be of one run."""
    ids = Counter(finding["id"] for finding in record.findings)
    twice = next((id for id, count in ids.items() if count > 1), None)
    if twice is not None:
        raise RecordError(f"{where}: finding {twice} stands there twice; each is there once")
    if record.footer is not None:
        wrong = contradiction(record.findings, record.results, record.entries, record.footer)
        if wrong:
            raise RecordError(f"{where}: {wrong}; lines were taken out of it, put in, or changed")
