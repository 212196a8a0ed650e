"""docs/how-to/write-an-adapter.md: its adapter is built here, and its commands are run."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docs_helper import DOCS, blocks, commands, shows, typed

pytest.importorskip("h11r", reason="there is no h11r for this platform")

from h11spec import reference
from h11spec.conformance.checks.catalogue import DRAWN
from h11spec.reports.findings.divergence import compare
from h11spec.reports.findings.finding import divergence_finding
from h11spec.reports.wording.values import format_side
from h11spec.strategies.program import EventSpec, Program, Send
from h11spec.strategies.traces import run

PAGE = DOCS / "how-to/write-an-adapter.md"
# The code blocks after this heading use the adapter, and are not part of it.
CHECKING = "## 6."


class Reader:
    """A reader who follows the page: writes its code, and runs its commands."""

    def __init__(self, folder: Path) -> None:
        self.adapter = folder / "my_adapter.py"
        self.adapter.write_text("", "utf-8")
        self.runs = 0

    def write(self, code: str) -> None:
        with self.adapter.open("a", encoding="utf-8") as file:
            file.write(f"{code}\n")

    def compare(self, session: str) -> None:
        [(command, expected)] = commands(session)
        done = typed(command, self.adapter.parent)
        output = done.stdout + done.stderr
        assert shows(expected, output), f"{command}\n{output}"
        assert done.returncode == (1 if "DIFFERS" in output else 3)
        self.runs += 1


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """A reader who has followed the page to its end."""
    reader = Reader(tmp_path_factory.mktemp("adapter"))
    building = PAGE.read_text("utf-8").partition(CHECKING)[0]
    for language, content in blocks(building, "python", "console"):
        (reader.write if language == "python" else reader.compare)(content)
    return reader


@pytest.mark.slow
def test_each_command_prints_what_the_page_shows(reader: Reader) -> None:
    """Four sessions: two refusals, and two verdicts."""
    assert reader.runs == 4


def test_the_finding_on_the_page_is_real(reader: Reader) -> None:
    """Its id, its two sides and its script are those of a finding of the finished adapter."""
    names: dict[str, Any] = {}
    exec(reader.adapter.read_text("utf-8"), names)  # noqa: S102 (our own page)
    adapter = SimpleNamespace(**names)
    program = Program("client", (Send(EventSpec.of("Data", data=b"a")),))
    divergence = compare(program, run(reference, program), run(adapter, program)).divergence
    assert divergence is not None
    finding = divergence_finding(DRAWN.id, divergence)
    form = finding.to_json(imports=["import my_adapter as h11"])
    [(_, shown)] = blocks(PAGE, "text")
    assert shown.splitlines() == [
        f"{finding.id}  {finding.identity}",
        f"  expected  {format_side(form, 'expected')}",
        f"  got       {format_side(form, 'actual')}",
        "",
        *(f"    {line}" for line in form["script"]),
    ]


def test_the_code_that_checks_the_adapter_holds(
    reader: Reader, capsys: pytest.CaptureFixture[str]
) -> None:
    """The round trip of step 6 is true, and the finding shown a real difference."""
    names: dict[str, Any] = {}
    exec(reader.adapter.read_text("utf-8"), names)  # noqa: S102 (our own page)
    checking = PAGE.read_text("utf-8").partition(CHECKING)[2]
    programs = [block.content for block in blocks(checking, "python")]
    assert len(programs) == 2
    for program in programs:
        exec(program, names)  # noqa: S102 (as above)
    assert capsys.readouterr().out == "State.IDLE\n"
