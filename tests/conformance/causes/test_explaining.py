"""What the target does, in a sentence: which explanation a finding gets, and which gets none."""

from collections.abc import Sequence
from types import ModuleType

import pytest
from faulty.showing import implementation

from h11spec import reference
from h11spec.conformance.causes.explaining import explain
from h11spec.conformance.causes.explanations import changed_reference, load
from h11spec.conformance.execution.executor import InProcessExecutor
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.reports.findings.deviations import UPSTREAM_DEVIATIONS
from h11spec.reports.findings.divergence import compare
from h11spec.reports.findings.finding import Finding, divergence_finding
from h11spec.strategies.program import Drain, NextEvent, Program, Receive
from h11spec.strategies.traces import run

CHUNK_END = "takes any two bytes for the CRLF after a chunk"
BAD_CHUNK = Program(
    "server",
    (
        Receive(
            b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\naxx0\r\n\r\n"
        ),
        Drain(),
    ),
)
EXPLANATIONS = {each.sentence: each for each in load()}


def lockstep(target: object) -> Lockstep:
    sides = (InProcessExecutor(reference), InProcessExecutor(target))
    return Lockstep(*sides, UPSTREAM_DEVIATIONS)


def findings(target: object, programs: Sequence[Program]) -> list[Finding]:
    """A finding for each program that the target shows in another way."""
    found: list[Finding] = []
    for program in programs:
        divergence = compare(program, run(reference, program), run(target, program)).divergence
        if divergence is not None:
            found.append(divergence_finding("chunked/a", divergence))
    return found


def test_a_finding_is_explained_by_the_rule_that_the_target_has() -> None:
    target = changed_reference([EXPLANATIONS[CHUNK_END]])
    [finding] = findings(target, [BAD_CHUNK])
    assert explain(lockstep(target), [finding]) == {finding.id: CHUNK_END}


def test_nothing_is_explained_without_findings() -> None:
    assert explain(lockstep(reference), []) == {}


def test_a_fault_that_no_explanation_has_stays_unexplained() -> None:
    target = implementation("never_pauses")
    pipelined = Program("server", (Receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 2), Drain()))
    found = findings(target, [pipelined])
    assert found
    assert explain(lockstep(target), found) == {}


def test_two_faults_have_an_explanation_each() -> None:
    """Each explains its own findings, although the target has both."""
    other = next(
        each
        for each in load()
        if each.sentence == "accepts a Content-Length of more than 20 digits"
    )
    target = changed_reference([EXPLANATIONS[CHUNK_END], other])
    found = findings(target, [BAD_CHUNK, other.program])
    assert explain(lockstep(target), found) == dict(
        zip([each.id for each in found], [CHUNK_END, other.sentence], strict=True)
    )


def test_the_explanation_of_most_findings_is_given_to_all_of_them() -> None:
    """A narrower one, which fits one of them as well, would split what one rule explains."""
    target = changed_reference([EXPLANATIONS[CHUNK_END]])
    programs = [BAD_CHUNK, BAD_CHUNK.with_steps((BAD_CHUNK.steps[0], *[NextEvent()] * 4))]
    found = findings(target, programs)
    assert len(found) == 2
    assert set(explain(lockstep(target), found).values()) == {CHUNK_END}


@pytest.mark.parametrize("name", ["keeps_the_callers_buffer", "receives_on_the_newest"])
def test_what_needs_another_connection_or_caller_is_not_tried(name: str) -> None:
    target: ModuleType = implementation(name)
    assert explain(lockstep(target), findings(target, [BAD_CHUNK])) == {}
