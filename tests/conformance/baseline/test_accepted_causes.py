"""An entry of the baseline covers its own cause, however that is found, and no other."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from shutil import copytree, ignore_patterns
from types import ModuleType

import h11
import pytest
from in_memory_helper import run, run_no_scripts

from h11spec.conformance.baseline.editing import edit
from h11spec.conformance.baseline.file import Baseline, read
from h11spec.conformance.causes.explanations import changed_reference, load
from h11spec.conformance.runs.outcome import Outcome
from h11spec.conformance.runs.run import open_session
from h11spec.conformance.runs.settings import Settings
from h11spec.conformance.targets.target import Target
from h11spec.reports.analysis.causes import shown_causes
from h11spec.reports.record.record import Record
from h11spec.strategies.program import Drain, NextEvent, Program, Receive

FAULTS = {each.name: each for each in load()}
CHUNK_END = "any-two-bytes-after-chunk"
VECTORS = Settings(phases=("vectors",), checks=("chunked/",), in_process=True)
ALL_VECTORS = replace(VECTORS, checks=(), max_findings=2)
# Two faults of the reference; of some pairs, both are about the same part of a message.
PAIRS = [
    (CHUNK_END, "lf-after-chunk"),
    ("lf-after-chunk", "chunk-size-with-plus"),
    ("last-content-length", "content-length-over-chunked"),
    ("refused-send-is-no-error", "done-when-peer-fails"),
    ("no-host-needed", "http-in-any-case"),
    ("no-upgrade", "need-data-for-switch"),
    ("no-upgrade", "no-connect"),
]


@pytest.fixture(autouse=True)
def without_scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    run_no_scripts(monkeypatch)


def target(*faults: str) -> ModuleType:
    return changed_reference([FAULTS[each] for each in faults])


def accepting(fault: str, settings: Settings) -> Baseline:
    """The baseline that ``baseline update`` writes for a target with a fault."""
    return fault_accepted(fault, settings)[1]


@cache
def fault_accepted(fault: str, settings: Settings) -> tuple[Outcome, Baseline]:
    return run_and_accept(target(fault), settings)


def run_and_accept(module: ModuleType, settings: Settings) -> tuple[Outcome, Baseline]:
    """The outcome of a run, and the baseline that accepts all its causes."""
    loaded = Target(module.__name__, module.__name__, loaded=module)
    with open_session(loaded, settings) as session:
        outcome = session.run(settings)
        lines = [session.header(settings), *outcome.lines([])]
    causes = [each for each in shown_causes(Record.from_lines(lines)) if each.unexpected]
    assert causes
    text = edit("", [(each, "known") for each in causes], ())
    return outcome, read(text.encode(), "b.toml")


def changed(baseline: Baseline, **members: object) -> Baseline:
    """The baseline with other members in each entry."""
    entries = [replace(each, **members) for each in baseline.entries]  # type: ignore[arg-type]  # members of any type
    return Baseline(tuple(entries))


def states(outcome: Outcome) -> list[str]:
    return [state for _, state in outcome.entries]


def test_what_lies_behind_another_difference_is_accepted_as_well() -> None:
    """The entry replays a program in which something else differs first."""
    both = target("no-raw-items", CHUNK_END)
    _, baseline = run_and_accept(both, VECTORS)
    outcome = run(both, VECTORS, baseline)
    assert (outcome.exit_code, states(outcome)) == (0, ["used", "used"])
    alone = run(target("no-raw-items"), VECTORS, baseline)
    assert (alone.exit_code, sorted(states(alone))) == (1, ["stale", "used"])


def test_a_cause_is_accepted_with_all_its_findings() -> None:
    baseline = accepting(CHUNK_END, VECTORS)
    outcome = run(target(CHUNK_END), VECTORS, baseline)
    assert (outcome.exit_code, states(outcome)) == (0, ["used"])
    failing = [finding for result, finding in outcome.findings if outcome.fails(result, finding)]
    assert len(failing) > 1
    assert [each for each in failing if outcome.accepted(each) is not baseline.entries[0]] == []


@pytest.fixture
def fork(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A copy of h11 with a fault that is two causes, unless one line of its source joins them."""
    original = Path(h11.__file__).parent
    folder = copytree(original, tmp_path / "fork_of_h11", ignore=ignore_patterns("tests"))
    fault = "if last is None:", "if last is not None:"
    assert (folder / "_readers.py").read_text("utf-8").count(fault[0]) == 1
    for path in folder.glob("*.py"):
        source = path.read_text("utf-8").replace("from h11.", "from fork_of_h11.")
        path.write_text(source.replace(*fault) if path.name == "_readers.py" else source, "utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    for name in [each for each in sys.modules if each.startswith("fork_of_h11")]:
        monkeypatch.delitem(sys.modules, name)
    return importlib.import_module("fork_of_h11")


@pytest.mark.slow
def test_a_cause_is_accepted_as_it_is_shown(fork: ModuleType) -> None:
    first, baseline = run_and_accept(fork, ALL_VECTORS)
    [places] = [each.places for each in first.causes if each.places]
    assert places[0].startswith("fork_of_h11/_readers.py:")
    again = run(fork, ALL_VECTORS, baseline)
    assert (again.unexpected, states(again)) == ([], ["used"])


@pytest.mark.slow
def test_what_joins_an_accepted_cause_may_not_break_more(fork: ModuleType) -> None:
    joined = "contract/support-folding"
    baseline = run_and_accept(fork, ALL_VECTORS)[1]
    [breaks] = [entry.breaks for entry in baseline.entries]
    assert breaks is not None
    assert joined in breaks
    outcome = run(fork, ALL_VECTORS, changed(baseline, breaks=breaks - {joined}))
    assert unexpected_ids(outcome) == failing_ids(outcome) != set()


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        replace(VECTORS, phases=("vectors", "sweeps"), checks=("chunked/", "contract/history")),
        replace(VECTORS, phases=("search",), checks=(), max_examples=300, seed=5),
        replace(VECTORS, checks=("framing/",)),
    ],
    ids=["sweeps", "search", "another area"],
)
def test_a_cause_is_accepted_however_it_is_found(settings: Settings) -> None:
    """The run need not come across the finding of the entry."""
    baseline = accepting(CHUNK_END, ALL_VECTORS)
    outcome = run(target(CHUNK_END), settings, baseline)
    assert outcome.unexpected == []
    assert set(states(outcome)) <= {"used", "unselected"}


def failing_ids(outcome: Outcome) -> set[str]:
    return {finding.id for result, finding in outcome.findings if outcome.fails(result, finding)}


def unexpected_ids(outcome: Outcome) -> set[str]:
    return {finding.id for finding in outcome.unexpected}


@pytest.mark.slow
@pytest.mark.parametrize(("known", "other"), PAIRS, ids=["-and-".join(each) for each in PAIRS])
def test_another_fault_is_not_accepted(known: str, other: str) -> None:
    """Neither beside the accepted one, nor in its place."""
    before, baseline = fault_accepted(known, ALL_VECTORS)
    alone = run(target(other), ALL_VECTORS, baseline)
    assert failing_ids(alone)
    assert unexpected_ids(alone) == failing_ids(alone)
    both = run(target(known, other), ALL_VECTORS, baseline)
    assert both.exit_code == 1
    of_other = failing_ids(alone) - failing_ids(before)
    assert unexpected_ids(both)
    assert (failing_ids(both) - unexpected_ids(both)) & of_other == set()


@pytest.mark.unmeasured
def test_an_entry_whose_program_agrees_is_stale() -> None:
    """Even if the cause has the id of the entry: it is another one."""
    agreed = Program("server", (Receive(b"GET / HTTP/1.1\r\n"), NextEvent()))
    baseline = changed(accepting(CHUNK_END, VECTORS), program=agreed)
    outcome = run(target(CHUNK_END), VECTORS, baseline)
    assert (outcome.exit_code, states(outcome)) == (1, ["stale"])
    assert outcome.unexpected
    assert {each.id for each in outcome.causes} >= {each.id for each in baseline.entries}


@pytest.mark.unmeasured
def test_an_entry_with_another_difference_covers_nothing() -> None:
    baseline = changed(accepting(CHUNK_END, VECTORS), difference="another one")
    outcome = run(target(CHUNK_END), VECTORS, baseline)
    assert (outcome.exit_code, states(outcome)) == (1, ["stale"])
    assert outcome.unexpected


@pytest.mark.unmeasured
def test_an_entry_with_another_id_covers_nothing() -> None:
    """Its program still shows the difference, so that it is not stale."""
    baseline = changed(accepting(CHUNK_END, VECTORS), id="C-ffffff")
    outcome = run(target(CHUNK_END), VECTORS, baseline)
    assert (outcome.exit_code, states(outcome)) == (1, ["used"])
    assert outcome.unexpected


@pytest.mark.unmeasured
def test_a_smuggling_relevant_cause_needs_an_entry_that_says_so() -> None:
    baseline = changed(accepting(CHUNK_END, VECTORS), smuggling=False)
    outcome = run(target(CHUNK_END), VECTORS, baseline)
    assert (outcome.exit_code, states(outcome)) == (1, ["used"])
    assert outcome.unexpected


@pytest.mark.unmeasured
def test_a_cause_that_breaks_another_requirement_is_not_accepted() -> None:
    """Another fault may hide in it."""
    baseline = accepting(CHUNK_END, VECTORS)
    [entry] = baseline.entries
    assert entry.breaks
    fewer = changed(baseline, breaks=frozenset(sorted(entry.breaks)[1:]))
    outcome = run(target(CHUNK_END), VECTORS, fewer)
    assert (outcome.exit_code, states(outcome)) == (1, ["used"])
    assert run(target(CHUNK_END), VECTORS, changed(baseline, breaks=None)).exit_code == 0


@pytest.mark.unmeasured
def test_an_entry_for_another_environment_covers_nothing() -> None:
    baseline = changed(accepting(CHUNK_END, VECTORS), when={"python": "<3"})
    outcome = run(target(CHUNK_END), VECTORS, baseline)
    assert (outcome.exit_code, states(outcome)) == (1, ["elsewhere"])


@pytest.mark.unmeasured
def test_an_entry_of_a_check_that_is_not_run_is_unselected() -> None:
    baseline = accepting(CHUNK_END, VECTORS)
    outcome = run(target(CHUNK_END), replace(VECTORS, checks=("expect/",)), baseline)
    assert (outcome.exit_code, states(outcome)) == (0, ["unselected"])


@pytest.mark.unmeasured
def test_what_other_programs_must_run_before_is_replayed_behind_them() -> None:
    before = Program("server", (Receive(b"GET / HTTP/1.1\r\n\r\n"), Drain()))
    baseline = accepting(CHUNK_END, VECTORS)
    outcome = run(target(CHUNK_END), VECTORS, changed(baseline, before=(before,)))
    assert (outcome.exit_code, states(outcome)) == (0, ["used"])
