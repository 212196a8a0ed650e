"""Causes are printed as soon as they are known, and the end says what became of them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from command_helper import faulty, h11spec
from processes_helper import unmeasured
from records_helper import record_lines
from rich.console import Console

from h11spec.conformance.oracles.statistics import Statistics
from h11spec.conformance.runs.outcome import FoundCause
from h11spec.conformance.runs.run import Found, nothing_to_say, run
from h11spec.conformance.runs.settings import Settings
from h11spec.conformance.targets.target import parse
from h11spec.reports.analysis.summary import summary
from h11spec.reports.formats.early_causes import EarlyCauses
from h11spec.reports.record.record import Record
from h11spec.strategies.program import Json

TARGET = faulty("takes_any_footer")
FEW = ("--checks=chunked/", "--in-process")
VECTORS = ("--phases=vectors", *FEW)
LINE = "C-5b3843  takes any two bytes for the CRLF after a chunk"


def test_a_cause_is_printed_in_one_line_before_its_block() -> None:
    """Behind the line that says what is checked; an empty line ends the list."""
    done = h11spec("check", TARGET, *VECTORS)
    checked, early, empty, block, *_ = done.stdout.splitlines()
    assert checked.startswith("checked: ")
    assert (early, empty, block) == (LINE, "", LINE)
    assert done.stdout.count("checked: ") == 1


def test_nothing_more_is_printed_where_nothing_fails() -> None:
    done = h11spec("gate", "h11", *VECTORS)
    first, *others = done.stdout.splitlines()
    assert first.startswith("checked: ")
    assert "" not in others
    assert not any(line.startswith("C-") for line in others)


def test_an_accepted_cause_is_not_printed_early(tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    accepting = ("--reason=known", "--smuggling", "--yes", f"--baseline={path}")
    assert h11spec("baseline", "update", TARGET, *VECTORS, *accepting).exit_code == 0
    done = h11spec("gate", TARGET, *VECTORS, f"--baseline={path}")
    assert done.exit_code == 0
    assert LINE not in done.stdout.splitlines()


def test_a_report_of_findings_has_no_early_causes() -> None:
    assert LINE not in h11spec("check", TARGET, *VECTORS, "--verbose").stdout.splitlines()


def test_other_commands_print_none() -> None:
    """A command that does runs for an output of its own does not mix causes into it."""
    done = h11spec("compare", TARGET, "h11", "--phases=vectors", "--checks=chunked/")
    assert LINE not in done.stdout.splitlines()


def events(phases: Sequence[str], target: str = TARGET) -> list[str]:
    """The phases of a run and the causes that it reports, in order, each once."""
    seen: dict[str, None] = {}

    def progress(statistics: Statistics) -> None:
        seen[statistics.phase] = None

    def found(causes: Sequence[FoundCause]) -> None:
        seen.update(dict.fromkeys(cause.id for cause in causes))

    settings = Settings(phases=tuple(phases), checks=("chunked/",), in_process=True)
    run(parse(target), settings, progress=progress, found=found)
    return list(seen)


def test_the_causes_of_the_vectors_are_known_before_the_sweeps_begin() -> None:
    assert events(["vectors", "sweeps"]) == ["vectors", "C-5b3843", "sweeps"]


def test_a_cause_has_the_same_id_whatever_found_it() -> None:
    assert events(["sweeps"])[-1] == events(["vectors"])[-1]


def test_causes_that_are_found_early_change_no_record() -> None:
    """Nor do the programs: what is remembered changes only the time that a run takes."""

    def ignore(causes: Sequence[FoundCause]) -> None:
        pass

    def lines(found: Found) -> list[str]:
        recorded: list[str] = []
        settings = Settings(phases=("vectors", "sweeps"), checks=("chunked/",), in_process=True)
        run(
            parse(TARGET),
            settings,
            write=lambda line: recorded.append(json.dumps(line)),
            found=found,
        )
        return recorded[1:-1]

    assert lines(ignore) == lines(nothing_to_say)


@contextmanager
def running(*arguments: str, terminal: bool = False) -> Generator[Iterator[str]]:
    """Yields the lines that a command writes to a pipe while it runs."""
    controller, error = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "h11spec", *arguments],
        stdout=subprocess.PIPE,
        stderr=error if terminal else subprocess.DEVNULL,
        env={**unmeasured(), "TERM": "xterm-256color"},
        text=True,
    ) as process:
        os.close(error)
        assert process.stdout is not None
        try:
            yield iter(process.stdout.readline, "")
        finally:
            process.kill()
    os.close(controller)


@pytest.mark.slow
def test_the_line_leaves_by_a_pipe_at_once(tmp_path: Path) -> None:
    """It can be read while the run waits for something that only the reader does next."""
    go = tmp_path / "go"
    source = Path(faulty("takes_any_footer").replace("::", "/") + ".py").read_text("utf-8")
    waiting = f"""
import os, time
def _when_told():
    while not os.path.exists({str(go)!r}):
        time.sleep(0.01)
"""
    # The scripts of the findings are run after the causes are known, and import the module anew.
    (tmp_path / "waits.py").write_text(
        source + waiting + f"if os.path.exists({str(tmp_path / 'asked')!r}): _when_told()\n"
    )
    with running("check", f"{tmp_path}::waits", "--phases=vectors", "--checks=chunked/") as lines:
        assert next(lines).startswith("checked:")
        (tmp_path / "asked").touch()
        assert any(line.rstrip() == LINE for line in lines)
        go.touch()
        assert next(lines).rstrip() == ""
        assert next(lines).rstrip() == LINE


@pytest.mark.slow
def test_a_progress_line_on_the_terminal_is_not_in_the_way() -> None:
    """What is printed goes to standard output, whatever standard error is."""
    with running("check", TARGET, "--phases=vectors", terminal=True) as lines:
        text = [line.rstrip() for line in lines]
    assert text[1] == LINE
    assert not any("\x1b" in line for line in text)


# What became of a printed cause is known from the record alone.


def printed(record: Record, *causes: tuple[str, str, str]) -> list[str]:
    """The lines about printed causes at the end of a run that left a record."""
    early = EarlyCauses(Console(file=StringIO()))
    for cause in causes:
        early.add(*cause)
    return [line for line, _ in early.what_became(summary(record))]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> list[Json]:
    path = tmp_path_factory.mktemp("early") / "run.jsonl"
    h11spec("check", TARGET, *VECTORS, "--record", path)
    return record_lines(path)


def failing(record: list[Json]) -> Json:
    [cause] = [line for line in record if line["kind"] == "cause" and line["fails"]]
    return cause


def test_a_cause_that_stays_is_not_mentioned_again(record: list[Json]) -> None:
    cause = failing(record)
    same = (cause["id"], cause["title"], cause["findings"][0])
    assert printed(Record.from_lines(record), same) == [""]


def test_it_is_said_which_cause_has_a_printed_one_become_part_of(record: list[Json]) -> None:
    cause = failing(record)
    other = ("C-000000", "does something else", cause["findings"][-1])
    assert printed(Record.from_lines(record), other) == [
        f"C-000000  turned out to be part of {cause['id']}",
        "",
    ]


def test_it_is_said_that_a_printed_cause_is_accepted(record: list[Json]) -> None:
    """An entry may cover a cause only with what later phases find."""
    cause = failing(record)
    lines = [{**line, "accepted": "known"} if line is cause else line for line in record]
    same = (cause["id"], cause["title"], cause["findings"][0])
    assert printed(Record.from_lines(lines), same) == [f"{cause['id']}  is accepted", ""]


def test_a_cause_is_printed_once_and_fits_into_a_line() -> None:
    text = StringIO()
    early = EarlyCauses(Console(file=text, width=40))
    for _ in range(2):
        early.add("C-123456", "takes any two bytes for the CRLF after a chunk", "D-123456")
    [line] = text.getvalue().splitlines()
    assert line == "C-123456  takes any two bytes for the …"


def test_a_run_goes_on_when_its_output_has_no_reader(tmp_path: Path) -> None:
    """Its record is complete; the exit code says that the output could not be written."""
    record = tmp_path / "run.jsonl"
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "h11spec", "check", TARGET, *VECTORS, "--record", str(record)]
    done = subprocess.run(
        command, stdout=writing, stderr=subprocess.PIPE, check=False, env=unmeasured()
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (2, b"")
    assert record_lines(record)[-1]["complete"]
