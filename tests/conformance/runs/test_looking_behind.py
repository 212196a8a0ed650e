"""What lies behind a difference that is explained: targets that do several things differently."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from in_memory_helper import run, run_no_scripts

from h11spec import reference
from h11spec.conformance.causes.explaining import explain
from h11spec.conformance.causes.explanations import changed_reference, load
from h11spec.conformance.execution.executor import InProcessExecutor
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.oracles.tolerance import TolerantLockstep
from h11spec.conformance.runs import finding_causes, looking_behind
from h11spec.conformance.runs.outcome import Outcome
from h11spec.conformance.runs.settings import Settings
from h11spec.reports.findings.deviations import UPSTREAM_DEVIATIONS
from h11spec.strategies.program import Drain, Program, Receive
from h11spec.strategies.traces import observe
from h11spec.strategies.traces import run as shown

BY_NAME = {each.name: each for each in load()}
NO_RAW_ITEMS, CHUNK_END = BY_NAME["no-raw-items"], BY_NAME["any-two-bytes-after-chunk"]
SETTINGS = Settings(phases=("vectors",), checks=("chunked/rfc9112-7.1",), in_process=True)
BAD_CHUNK = Program(
    "server",
    (
        Receive(
            b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\naxx0\r\n\r\n"
        ),
        Drain(),
    ),
)


@pytest.fixture(autouse=True, scope="module")
def without_scripts() -> Generator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        run_no_scripts(monkeypatch)
        yield


@pytest.fixture(scope="module")
def both(without_scripts: None) -> Outcome:
    """The outcome for a target with a fault behind one that all events with fields show."""
    return run(changed_reference([NO_RAW_ITEMS, CHUNK_END]), SETTINGS)


def sentences(found: Outcome) -> set[str]:
    return {each.explanation for each in found.causes}


def fails_not(test: list[str], module: ModuleType) -> None:
    """Runs the only function in the lines of a test."""
    namespace: dict[str, Any] = {"h11": module}
    exec("\n".join(test), namespace)  # noqa: S102  # the lines are what is tested
    [function] = (each for name, each in namespace.items() if name.startswith("test_"))
    function()


def id_of(outcome: Outcome, sentence: str) -> str:
    """The id of the cause with this explanation."""
    [found] = (each.id for each in outcome.causes if each.explanation == sentence)
    return found


def tolerant(target: ModuleType) -> TolerantLockstep:
    """Compares a target, and tolerates that it hands out fields as a list."""
    sides = InProcessExecutor(reference), InProcessExecutor(target)
    tolerated = changed_reference([NO_RAW_ITEMS])
    return TolerantLockstep(
        Lockstep(*sides, UPSTREAM_DEVIATIONS), lambda program: observe(tolerated, program)
    )


def test_a_fault_behind_one_that_all_events_show_is_a_cause_of_its_own(both: Outcome) -> None:
    assert sentences(both) == {NO_RAW_ITEMS.sentence, CHUNK_END.sentence}


def test_it_has_the_identity_that_it_has_by_itself(both: Outcome) -> None:
    """An entry of the baseline that accepts it goes on to do so."""
    alone = run(changed_reference([CHUNK_END]), SETTINGS)
    assert id_of(alone, CHUNK_END.sentence) == id_of(both, CHUNK_END.sentence)


def test_its_findings_say_what_they_lie_behind(both: Outcome) -> None:
    [cause] = [each for each in both.causes if each.explanation == CHUNK_END.sentence]
    assert {each.behind for each in cause.findings} == {(NO_RAW_ITEMS.sentence,)}
    assert cause.clearest.to_json(imports=[])["behind"] == [NO_RAW_ITEMS.sentence]


def test_their_regression_tests_are_about_what_lies_behind(both: Outcome) -> None:
    """They pass on an implementation in which only the other difference is left."""
    [cause] = [each for each in both.causes if each.explanation == CHUNK_END.sentence]
    tests = [finding.to_json(imports=[])["test"] for finding in cause.findings]
    assert all(tests)
    for test in tests:
        fails_not(test, reference)
        fails_not(test, changed_reference([NO_RAW_ITEMS]))
        with pytest.raises((AssertionError, NameError)):
            fails_not(test, changed_reference([NO_RAW_ITEMS, CHUNK_END]))


@pytest.mark.slow
def test_what_nothing_explains_is_of_the_cause_in_front_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It mostly is an effect of that."""

    def explain_what_is_in_front(*arguments: Any) -> dict[str, str]:
        found = explain(*arguments)
        return {id: each for id, each in found.items() if each == NO_RAW_ITEMS.sentence}

    for module in (looking_behind, finding_causes):
        monkeypatch.setattr(module, "explain", explain_what_is_in_front)
    # Which change the vectors speak for is only known if all of them were run.
    everything = replace(SETTINGS, checks=(), max_findings=2)
    found = run(changed_reference([NO_RAW_ITEMS, CHUNK_END]), everything)
    [cause] = [each for each in found.causes if each.explanation]
    assert cause.explanation == NO_RAW_ITEMS.sentence
    behind = {finding.id for _, finding in found.findings if finding.behind}
    assert behind
    assert behind <= {finding.id for finding in cause.findings}


def test_three_faults_behind_each_other_are_three_causes() -> None:
    """The bytes of what is sent differ in each program, and so do all events."""
    names = ("no-raw-items", "lower-case-names-sent", "content-length-of-any-size")
    faults = [BY_NAME[name] for name in names]
    found = run(
        changed_reference(faults),
        replace(SETTINGS, checks=("contract/history", "contract/headers")),
    )
    assert {each.sentence for each in faults} <= sentences(found)


def test_nothing_lies_behind_a_single_fault() -> None:
    found = run(changed_reference([NO_RAW_ITEMS]), SETTINGS)
    assert sentences(found) == {NO_RAW_ITEMS.sentence}
    assert not [finding for _, finding in found.findings if finding.behind]


def test_what_is_tolerated_is_no_difference() -> None:
    [comparison] = tolerant(changed_reference([NO_RAW_ITEMS])).submit([BAD_CHUNK])()
    assert comparison is not None
    assert comparison.divergence is None


def test_a_difference_behind_it_is_that_from_the_expected_side() -> None:
    target = changed_reference([NO_RAW_ITEMS, CHUNK_END])
    [comparison] = tolerant(target).submit([BAD_CHUNK])()
    assert comparison is not None
    found = comparison.divergence
    assert found is not None
    assert (found.step, found.difference.expected_kind) == (1, "RemoteProtocolError 400")
    # The whole trace of the expected side, where fields have raw items.
    assert found.expected == shown(reference, BAD_CHUNK)


def test_what_only_the_tolerance_shows_is_no_difference() -> None:
    """A target that does what is expected does not differ, whatever was taken for its doing."""
    [comparison] = tolerant(reference).submit([BAD_CHUNK])()
    assert comparison is not None
    assert comparison.divergence is None
