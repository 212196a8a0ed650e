"""The run record: a file of JSON Lines, with a header first and a footer last.

Owns reading and writing the file. Every view of a run is computed from its record; a record without
a footer is of a run that broke off. It must not know how a record is shown.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self, TextIO

from ...strategies.program import Json, is_object
from ..files import UnreadableFile, new_file_mode, read_file
from .line_types import KINDS, contradicting_footer, invalid_line

RECORD_VERSION = 2
# Ten times the record of a run with the maximum number of findings.
MAX_BYTES = 256 * 2**20


class RecordError(Exception):
    """A record cannot be written or read; the message says where and why."""


class RecordWriter:
    """Writes a record to a temporary file, and moves it to its destination on exit.

    A run that breaks off leaves a record without a footer; one that never began leaves none.

    Raises RecordError when it is created, if the destination cannot be written, and on exit, if
    writing has failed since.
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
        """Adds a line and flushes it.

        An error is raised on exit only: the run is worth more than its record.
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
            self._move_to_destination()
        except OSError as problem:
            self._error = self._error or problem
        if self._error is not None and error is None:
            raise RecordError(
                f"the record could not be written to {self._path}: {self._error.strerror}; only "
                "what is shown above is left of this run"
            )

    def _move_to_destination(self) -> None:
        self._file.close()
        if self._partial is None:
            return
        if not self._partial.stat().st_size:
            # Nothing was run: an older record is worth more than an empty file.
            self._partial.unlink()
            return
        self._partial.chmod(new_file_mode())
        self._partial.replace(self._path)


@dataclass(frozen=True)
class Record:
    """The lines of a record by their kind.

    Without a ``footer``, the record is of a run that broke off, and the other lines are those that
    were written before.
    """

    header: Json
    findings: list[Json]
    results: list[Json]
    entries: list[Json]
    footer: Json | None
    causes: list[Json] = field(default_factory=list[Json])

    @staticmethod
    def from_lines(lines: Iterable[Json]) -> Record:
        """Returns the record of these lines, of which the first is the header."""
        by_kind: dict[str, list[Json]] = {kind: [] for kind in KINDS}
        for line in lines:
            by_kind[line["kind"]].append(line)
        [header], footer = by_kind["header"], next(iter(by_kind["footer"]), None)
        return Record(
            header,
            by_kind["finding"],
            by_kind["result"],
            by_kind["entry"],
            footer,
            by_kind["cause"],
        )


def read_record(path: Path) -> Record:
    """Returns the record in a file; raises RecordError, which says what is wrong with it.

    An incomplete last line, which a run that broke off leaves, is ignored.
    """
    try:
        content = read_file(path, MAX_BYTES)
    except UnreadableFile as error:
        raise RecordError(f"{error}; name a record") from None
    return parse_record(content, str(path))


def parse_record(content: bytes, where: str) -> Record:
    """Returns the record in the content of a file; raises RecordError if it is not a record.

    Args:
        where: the name of the content in messages.
    """
    try:
        lines = content.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise RecordError(f"{where}: byte {error.start} is not UTF-8, as a record is") from None
    # The last line is empty or incomplete.
    if not _parses(lines[-1]):
        del lines[-1]
    forms = [_line(line, f"{where}: line {at}") for at, line in enumerate(lines, 1)]
    _check_order(forms, where)
    for at, form in enumerate(forms, 1):
        wrong = invalid_line(form)
        if wrong:
            raise RecordError(f"{where}: line {at}: {wrong}")
    record = Record.from_lines(forms)
    _check_consistency(record, where)
    return record


def _parses(line: str) -> bool:
    try:
        _json(line)
    except (ValueError, RecursionError):
        return False
    return True


def _json(line: str) -> Any:
    return json.loads(line, parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _line(line: str, where: str) -> Json:
    try:
        form = _json(line)
    except (ValueError, RecursionError) as error:
        raise RecordError(f"{where}: not valid JSON: {error}") from None
    kind = form.get("kind") if is_object(form) else None
    if kind not in KINDS:
        known = ", ".join(KINDS)
        raise RecordError(f"{where}: unknown kind {kind!r:.60}; the kinds of lines are {known}")
    return dict(form)


def _check_order(forms: list[Json], where: str) -> None:
    """Raises RecordError if the header or the footer is missing, doubled or misplaced."""
    if not forms or forms[0]["kind"] != "header":
        raise RecordError(f"{where}: the first line is not a header, as in every record")
    version = forms[0].get("record")
    if "record" in forms[0] and (type(version) is not int or version != RECORD_VERSION):
        raise RecordError(
            f"{where}: this is a record of version {version!r:.60}; this release reads version "
            f"{RECORD_VERSION}, which a new run writes"
        )
    kinds = [form["kind"] for form in forms]
    for kind in ("header", "footer"):
        if kinds.count(kind) > 1:
            raise RecordError(f"{where}: there are two {kind}s; a record is of one run")
    if "footer" in kinds[:-1]:
        raise RecordError(f"{where}: there are lines after the footer; a record is of one run")


def _check_consistency(record: Record, where: str) -> None:
    """Raises RecordError if the lines cannot all be of one run."""
    ids = Counter(finding["id"] for finding in record.findings)
    ids.update(cause["id"] for cause in record.causes)
    twice = next((id for id, count in ids.items() if count > 1), None)
    if twice is not None:
        what = "cause" if twice.startswith("C-") else "finding"
        raise RecordError(f"{where}: {what} {twice} occurs twice")
    if record.footer is not None:
        wrong = contradicting_footer(record.findings, record.results, record.entries, record.footer)
        if wrong:
            raise RecordError(f"{where}: {wrong}; lines were removed, added or changed")
    members = Counter(id for cause in record.causes for id in cause["findings"])
    for id, count in members.items():
        if id not in ids:
            raise RecordError(f"{where}: a cause has the finding {id}, which is not in the record")
        if count > 1:
            raise RecordError(f"{where}: finding {id} is of {count} causes; it is of one")
