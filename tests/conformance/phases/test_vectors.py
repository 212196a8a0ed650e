"""The vectors phase: its findings, which are those of the sweeps."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from command_helper import faulty, findings, h11spec
from records_helper import record_lines

from h11spec import reference
from h11spec.conformance.checks.catalogue import catalogue
from h11spec.conformance.execution.executor import InProcessExecutor, RawTrace
from h11spec.conformance.execution.fault_limit import FaultLimit
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.oracles.statistics import Statistics
from h11spec.conformance.phases.vectors import VectorReplay
from h11spec.conformance.runs.outcome import Outcome
from h11spec.conformance.runs.run import run
from h11spec.conformance.runs.selection import select
from h11spec.conformance.runs.settings import DEFAULT_PHASES, GATE_PHASES, PHASES, Settings
from h11spec.conformance.targets.target import parse
from h11spec.conformance.vectors import corpus
from h11spec.strategies.fingerprint import source_fingerprint
from h11spec.strategies.program import Program

ALONE = "--phases=vectors"
HERE = "--in-process"


def test_the_phase_comes_first_and_belongs_to_the_gate() -> None:
    assert PHASES[0] == DEFAULT_PHASES[0] == GATE_PHASES[0] == "vectors"
    assert GATE_PHASES == ("vectors", "sweeps", "machine")
    phases = [phase for phase, _ in select(Settings(phases=GATE_PHASES))]
    assert phases == sorted(phases, reverse=True)


@pytest.mark.parametrize("where", [[], [HERE]], ids=["of its own", "this"])
def test_h11_agrees(where: list[str]) -> None:
    """Except where it breaks its own documentation, which is counted."""
    done = h11spec("check", "h11", ALONE, *where)
    assert (done.exit_code, done.stderr) == (0, "")
    count = f"{len(corpus.stored()):,} programs"
    assert re.search(rf"^vectors: \d+ checks, {count}$", done.stdout, re.MULTILINE)
    assert done.stdout.count("upstream deviation, allowed: ") == 2


PLANTED = [
    *("blames_us", "closes_once", "connects_on_200_alone", "cycles_early", "drops_leftovers"),
    *("drops_trailers", "ends_too_early", "forgets_failure", "generous_limit", "lenient_target"),
    *("keeps_old_peers", "never_pauses", "never_says_close", "reads_on_after_204", "strict_limit"),
    *("stays_paused", "takes_101_for_interim", "takes_the_first_length", "takes_two_hosts"),
]


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTED)
def test_planted_faults_are_found(name: str) -> None:
    done = h11spec("check", faulty(name), ALONE, HERE, "--max-findings=1", "--exitfirst")
    assert done.exit_code == 1
    assert f"DIFFERS: {faulty(name)} " in " ".join(done.stdout.split())


@pytest.mark.unmeasured
def test_a_crash_is_found_and_the_run_continues(tmp_path: Path) -> None:
    record = tmp_path / "r"
    target = faulty("process_crashes_on_a_name")
    done = h11spec("check", target, ALONE, "--record", record)
    assert done.exit_code == 1
    assert {each["aspect"] for each in findings(record)} >= {"fault"}


@pytest.mark.unmeasured
def test_a_finding_of_vectors_and_sweeps_is_reported_once(tmp_path: Path) -> None:
    """It has the id, the program and the place in the record that it would have without vectors."""
    ids: dict[str, list[str]] = {}
    for phases in ("vectors", "sweeps", "vectors,sweeps"):
        record = tmp_path / phases
        options = "--checks=octets/sent", f"--phases={phases}", "--record", record
        assert h11spec("check", faulty("lenient_target"), HERE, *options).exit_code == 1
        ids[phases] = [each["id"] for each in findings(record)]
        assert len(set(ids[phases])) == len(ids[phases]) > 0
    assert set(ids["vectors"]) <= set(ids["sweeps"])
    assert set(ids["vectors,sweeps"]) == set(ids["sweeps"])
    lines = record_lines(tmp_path / "vectors,sweeps")
    results = [line for line in lines if line["kind"] == "result"]
    assert [line["phase"] for line in results] == ["vectors", "sweeps"]
    assert all(line["findings"] for line in results)


def test_checks_are_selected_as_in_other_phases() -> None:
    settings = Settings(phases=("vectors",), checks=("framing/", "octets/sent"))
    ids = {check.id for _, check in select(settings)}
    assert ids == {
        check
        for check in (each.check for each in corpus.stored())
        if check.startswith("framing/") or check == "octets/sent"
    }
    assert all(phase == "vectors" for phase, _ in select(settings))


def test_the_checks_are_those_of_the_catalogue() -> None:
    known = {check.id: check for check in catalogue()}
    assert all(known[check.id] is check for _, check in select(Settings(phases=("vectors",))))


class Counting(InProcessExecutor):
    """The reference, which counts the programs that it runs."""

    ran = 0

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        self.ran += len(programs)
        return super().submit(programs, short_limits=short_limits)


def replayed(
    expected: InProcessExecutor, *, golden: bool, actual: object = reference
) -> list[Statistics]:
    """The statistics of all vectors, by check."""
    replay = VectorReplay(
        Lockstep(expected, InProcessExecutor(actual)), corpus.stored(), golden=golden
    )
    all_statistics = [Statistics(check) for check in {each.check: None for each in corpus.stored()}]
    for statistics in all_statistics:
        replay.report(statistics, FaultLimit(reference, 3), lambda statistics: None)
    return all_statistics


def test_the_reference_is_not_run_for_golden_digests() -> None:
    expected = Counting(reference)
    all_statistics = replayed(expected, golden=True)
    assert expected.ran == 0
    assert sum(statistics.runs for statistics in all_statistics) == len(corpus.stored())
    assert sum(statistics.programs for statistics in all_statistics) == len(corpus.stored())


@pytest.mark.unmeasured
def test_without_golden_digests_both_sides_run() -> None:
    expected = Counting(reference)
    all_statistics = replayed(expected, golden=False)
    assert expected.ran == len(corpus.stored())
    assert not any(statistics.divergences for statistics in all_statistics)


@pytest.fixture
def out_of_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the file with another source fingerprint and one wrong digest."""
    first, line, rest = corpus.FILE.read_text("ascii").split("\n", 2)
    one = corpus.stored()[0]
    line = line.replace(one.digest, "0" * len(one.digest))
    first = first.replace(source_fingerprint().hex(), "00")
    copy = tmp_path / "corpus.jsonl"
    copy.write_text(f"{first}\n{line}\n{rest}", "ascii")
    monkeypatch.setattr(corpus, "FILE", copy)
    _forget()
    yield copy
    _forget()


def _forget() -> None:
    corpus.stored.cache_clear()
    corpus.current.cache_clear()


@pytest.mark.unmeasured
def test_digests_that_are_out_of_date_are_not_used(out_of_date: Path) -> None:
    assert not corpus.current()
    settings = Settings(phases=("vectors",), in_process=True)
    assert run(parse("h11spec.reference"), settings).exit_code == 0


@pytest.mark.slow
def test_another_target_can_be_the_expected_side() -> None:
    """Even if the reference differs."""
    target = faulty("never_says_close")
    both = h11spec("check", target, "--against", target, ALONE, HERE)
    assert both.exit_code == 0
    assert h11spec("check", "h11", "--against", target, ALONE, HERE).exit_code == 1


@pytest.mark.slow
def test_a_finding_of_two_phases_is_reported_once() -> None:
    settings = Settings(phases=GATE_PHASES, checks=("octets/sent",), in_process=True)
    outcome: Outcome = run(parse(faulty("lenient_target")), settings)
    identities = [finding.identity for _, finding in outcome.findings]
    assert len(set(identities)) == len(identities)
    assert {result.phase for result, _ in outcome.findings} == {"sweeps"}
