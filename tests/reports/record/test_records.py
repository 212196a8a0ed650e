"""Tests the writer of records: complete, partial and missing records, replaced in one step."""

import json
import os
import stat
from pathlib import Path

import pytest
from records_helper import record_lines

from h11spec.reports.record.record import RecordError, RecordWriter
from h11spec.strategies.program import Json

LINES: list[Json] = [
    {"kind": "header", "text": "\u20ac\u2028\n"},
    {"kind": "footer", "list": [1, None, True]},
]


def write(path: Path) -> None:
    with RecordWriter(path) as writer:
        for line in LINES:
            writer.write(line)


def test_written_lines_are_read(tmp_path: Path) -> None:
    """One line of JSON each, and no other file in the folder."""
    path = tmp_path / "run.jsonl"
    write(path)
    assert record_lines(path) == LINES
    assert [json.loads(line) for line in path.read_text("utf-8").split("\n")[:-1]] == LINES
    assert list(tmp_path.iterdir()) == [path]


def test_a_record_replaces_another_in_one_step(tmp_path: Path) -> None:
    """Until the end, the old record can be read, and the new one grows beside it."""
    path = tmp_path / "run.jsonl"
    path.write_text("old")
    with RecordWriter(path) as writer:
        writer.write(LINES[0])
        assert path.read_text() == "old"
        [partial] = set(tmp_path.iterdir()) - {path}
        assert record_lines(partial) == LINES[:1]
    assert record_lines(path) == LINES[:1]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_a_run_that_breaks_off_leaves_its_lines(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "run.jsonl"

    def break_off() -> None:
        with RecordWriter(path) as writer:
            writer.write(LINES[0])
            raise error

    with pytest.raises(error):
        break_off()
    assert record_lines(path) == LINES[:1]


def test_a_run_that_never_began_leaves_the_old_record(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), RecordWriter(path):
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002], ids=oct)
def test_a_record_has_the_mode_of_other_new_files(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "run.jsonl"
    before = os.umask(umask)
    try:
        write(path)
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("folder", id="a folder"),
        pytest.param("missing/run.jsonl", id="in a missing folder"),
        pytest.param("file/run.jsonl", id="below a file"),
        pytest.param("a" * 300, id="too long a name"),
    ],
)
def test_an_unwritable_destination_is_refused_at_once(tmp_path: Path, name: str) -> None:
    """One line names the destination before anything is run; no file is left behind."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    before = set(tmp_path.rglob("*"))
    with pytest.raises(RecordError) as caught:
        RecordWriter(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert set(tmp_path.rglob("*")) == before


def test_a_symbolic_link_is_followed(tmp_path: Path) -> None:
    """As ``>`` does: the record is written where the link points."""
    path = tmp_path / "run.jsonl"
    path.symlink_to(tmp_path / "elsewhere.jsonl")
    write(path)
    assert path.is_symlink()
    assert record_lines(tmp_path / "elsewhere.jsonl") == LINES


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    """So is a device, as in ``--record /dev/null``: it still exists afterwards."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write(path)
        assert stat.S_ISFIFO(path.stat().st_mode)
        assert [json.loads(line) for line in os.read(reader, 9999).splitlines()] == LINES
    finally:
        os.close(reader)
