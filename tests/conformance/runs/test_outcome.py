"""The outcome of a run: which program a finding has, and how many findings are omitted."""

from dataclasses import replace
from pathlib import Path

import pytest
from command_helper import faulty, h11spec
from records_helper import record_lines

from h11spec.conformance.checks.check import Check, Result, ShownRequirement
from h11spec.conformance.oracles.statistics import Statistics
from h11spec.conformance.runs.outcome import Outcome
from h11spec.conformance.runs.settings import Settings
from h11spec.reports.findings.finding import Finding, Severity, requirement_finding
from h11spec.strategies.program import Drain, Program, Receive
from h11spec.strategies.traces import Trace

CHECK = Check(id="a/check", level="MUST", role="server", citations=(), requirement="It is so.")
SHORT, LONG = (Program("server", (Receive(data), Drain())) for data in (b"a", b"aa"))


def broken_by(program: Program) -> Finding:
    return requirement_finding(CHECK.id, program, Trace([]))


@pytest.mark.parametrize("programs", [(SHORT, LONG), (LONG, SHORT)], ids=["first", "last"])
def test_a_finding_of_several_phases_has_the_simplest_program(
    programs: tuple[Program, Program],
) -> None:
    """It is listed under the last of these phases."""
    results = [
        Result(CHECK, phase, Statistics(CHECK.id, phase), findings=[broken_by(program)])
        for phase, program in zip(("vectors", "sweeps"), programs, strict=True)
    ]
    [(result, finding)] = Outcome(Settings(), results=results).findings
    assert finding.program == SHORT
    assert result is results[-1]


def test_causes_that_fail_and_that_do_not_have_different_ids() -> None:
    """They may break the same requirement in the same way; a record has each id once."""
    fails = broken_by(SHORT)
    other = replace(fails, check="b/check", severity=Severity.NEVER)
    results = [
        Result(replace(CHECK, id=finding.check), "vectors", Statistics("", ""), findings=[finding])
        for finding in (fails, other)
    ]
    outcome = Outcome(Settings(), results=results)
    outcome.requirements[other.id] = ShownRequirement(CHECK, "")
    outcome.find_causes()
    one, two = outcome.causes
    assert (one.findings, two.findings) == ((fails,), (other,))
    assert one.id != two.id
    alone = Outcome(Settings(), results=results[1:], requirements=outcome.requirements)
    alone.find_causes()
    assert [each.id for each in alone.causes] == [one.id]


def test_each_finding_is_either_reported_or_counted_as_omitted(tmp_path: Path) -> None:
    """This check evaluates expressions and compares no traces."""
    counts: dict[str, tuple[int, int]] = {}
    for maximum in ("1", "20"):
        record = tmp_path / f"{maximum}.jsonl"
        h11spec(
            *("gate", faulty("closes_once"), "--in-process", "--phases=sweeps"),
            *("--checks=api/signatures", "--max-findings", maximum, "--record", record),
        )
        [result] = [line for line in record_lines(record) if line["kind"] == "result"]
        counts[maximum] = len(result["findings"]), result["omitted"]
    assert counts == {"1": (1, 2), "20": (3, 0)}
