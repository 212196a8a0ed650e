"""docs/reference/requirements.md is current, with every requirement and promise."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from h11spec.conformance.checks.catalogue import catalogue
from h11spec.conformance.requirements import contract
from h11spec.conformance.requirements.rfc import load
from h11spec.tools.docs import make
from h11spec.tools.docs.markdown import table
from h11spec.tools.docs.requirements_page import requirements_page

FOLDER = Path(__file__).parents[2] / "docs/reference"
TEXT = (FOLDER / "requirements.md").read_text("utf-8")
CONNECTION = [each for each in load() if each.scope == "connection"]


def part(heading: str) -> str:
    """The text under a heading, up to the next one of its level."""
    [found] = re.findall(rf"^## {heading}$(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    return str(found)


def ids(heading: str) -> list[str]:
    return re.findall(r"^\| `([\w.-]+)` \|", part(heading), re.MULTILINE)


def test_the_page_is_current() -> None:
    """If not, run make docs."""
    assert requirements_page() == TEXT


def test_every_requirement_of_a_connection_and_every_promise_is_listed() -> None:
    """So are requirements that bind others, if they have a program."""
    listed = ids("Requirements by area")
    assert len(set(listed)) == len(listed)
    assert set(listed) == {
        each.id for each in load() if each.scope == "connection" or each.program is not None
    }
    assert sorted(ids("Promises of h11's documentation")) == sorted(
        each.id for each in contract.load().promises
    )


def test_each_entry_has_a_check_or_a_reason_why_not() -> None:
    """The id of the check is in the catalogue."""
    known = {check.id for check in catalogue()}
    for heading in ("Requirements by area", "Promises of h11's documentation"):
        for line in part(heading).splitlines():
            if line.startswith("| `"):
                by = line.split(" | ")[4]
                assert by.strip("`") in known or re.fullmatch(r"none: .*\.", by), line


def test_deviations_and_broken_promises_have_their_own_sections() -> None:
    assert ids("Where h11 0.16.0 deviates") == [
        each.id for each in CONNECTION if each.h11 == "deviates"
    ]
    assert ids("Promises that h11 0.16.0 breaks") == [
        each.id for each in contract.load().promises if each.h11 == "deviates"
    ]


def test_the_counts_add_up() -> None:
    counts = part("Counts")
    rows = [
        [int(number) for number in line.split("|")[2:-1]]
        for line in re.findall(r"^\| (?:MUST|SHOULD|MAY|all) .*$", counts, re.MULTILINE)
    ]
    *levels, total = rows
    assert [sum(column) for column in zip(*levels, strict=True)] == total
    assert [sum(row[:-1]) for row in rows] == [row[-1] for row in rows]
    assert total[-1] == len(CONNECTION)


def test_a_pipe_in_a_cell_is_escaped() -> None:
    header, _, row = table(("a", "b"), [("x|y", 1000)])
    assert (header, row) == ("| a | b |", "| x\\|y | 1,000 |")


@pytest.mark.unmeasured
def test_make_writes_missing_and_outdated_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second run writes nothing."""
    folder = tmp_path / "docs" / "reference"
    folder.mkdir(parents=True)
    old = "by hand\n\n<!-- make docs: fields -->\nold\n<!-- end -->\n\nby hand\n"
    (folder / "sweeps.md").write_text(old, "utf-8")
    (folder / "state-machine.md").write_text(old.replace("fields", "input_symbols"), "utf-8")
    monkeypatch.setattr(make, "FOLDER", folder)
    made = CliRunner().invoke(make.main, [])
    assert made.stdout.splitlines() == [
        "made docs/reference/cli.md",
        "made docs/reference/api.md",
        "made docs/reference/catalogue.md",
        "made docs/reference/requirements.md",
        "made docs/reference/sweeps.md",
        "made docs/reference/state-machine.md",
        "made docs/reference/client-states.svg",
        "made docs/reference/server-states.svg",
    ]
    assert (folder / "requirements.md").read_text("utf-8") == TEXT
    new = (folder / "sweeps.md").read_text("utf-8")
    assert new.startswith("by hand\n\n<!-- make docs: fields -->\n\n| field |")
    assert new.endswith("|\n\n<!-- end -->\n\nby hand\n")
    assert CliRunner().invoke(make.main, []).stdout == ""
