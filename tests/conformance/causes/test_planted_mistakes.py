"""The requirement that is shown for a mistake, and whether the mistake is smuggling-relevant.

``planted/plants.toml`` has the mistakes with both right values, which follow from the RFCs and from
h11's documentation and not from what this package shows.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from faulty.showing import implementation
from plants_helper import Plant, planted, plants

from h11spec import reference
from h11spec.conformance.causes.requirement_choice import RequirementChoice, choose_requirements
from h11spec.conformance.checks.catalogue import DRAWN, catalogue
from h11spec.conformance.checks.check import Result
from h11spec.conformance.checks.versions import CATALOGUE
from h11spec.conformance.execution.executor import InProcessExecutor
from h11spec.conformance.execution.fault_limit import FaultLimit
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.oracles.pipeline import Pipeline
from h11spec.conformance.oracles.statistics import Statistics
from h11spec.conformance.runs.minimizing import Minimiser
from h11spec.conformance.runs.outcome import Outcome
from h11spec.conformance.runs.phase_runner import no_follow_up, run_checks
from h11spec.conformance.runs.selection import select
from h11spec.conformance.runs.settings import Settings
from h11spec.reports.analysis.groups import Group, group_findings
from h11spec.reports.findings.deviations import UPSTREAM_DEVIATIONS
from h11spec.strategies.program import (
    Call,
    Drain,
    EventSpec,
    Program,
    Receive,
    Send,
    SendFailed,
    Step,
    Typed,
)

# Of 60 mistakes, the requirement that is shown must be the broken one for 57.
SHARE = 57 / 60
# The two groups that a report begins with are enough here; minimising all takes minutes.
SETTINGS = Settings(phases=("vectors",), in_process=True, max_findings=2)


def minimise(lockstep: Lockstep, outcome: Outcome) -> None:
    minimiser = Minimiser(lockstep, outcome.settings.max_findings)
    minimiser.minimise(outcome.results, lambda statistics: None)


def run(module: ModuleType, plant: Plant) -> Outcome:
    lockstep = Lockstep(
        InProcessExecutor(reference), InProcessExecutor(module), UPSTREAM_DEVIATIONS
    )
    outcome = Outcome(SETTINGS)
    if plant.program is not None:
        run_program(lockstep, plant.check, plant.program, outcome)
    else:
        run_checks(
            SETTINGS,
            lockstep,
            list(select(SETTINGS)),
            outcome.results,
            progress=lambda statistics: None,
            follow_up=no_follow_up,
            against=False,
        )
    minimise(lockstep, outcome)
    choice = RequirementChoice(lockstep, CATALOGUE)
    outcome.requirements = choose_requirements(outcome.results, choice.choose)
    return outcome


def run_program(lockstep: Lockstep, check_id: str, program: Program, outcome: Outcome) -> None:
    """Runs a program as one of a check."""
    checks = {check.id: check for check in (*catalogue(), DRAWN)}
    result = Result(checks[check_id], "search", Statistics(check_id))
    outcome.results.append(result)
    fault_limit = FaultLimit(reference, SETTINGS.max_faults)
    Pipeline(lockstep, fault_limit, result.statistics, lambda statistics: None).run([program])


def groups(module: ModuleType, plant: Plant) -> list[Group]:
    lines = run(module, plant).lines([])
    return group_findings(line for line in lines if line["kind"] == "finding" and line["fails"])


def test_the_table_is_large_and_half_of_it_is_smuggling_relevant() -> None:
    assert len(plants()) >= 60
    assert sum(plant.smuggling for plant in plants()) >= 30
    assert sum(not plant.smuggling for plant in plants()) >= 30


def test_the_right_requirements_exist_and_have_a_check() -> None:
    known = {check.id.partition("/")[2] for check in catalogue()}
    assert known.issuperset(name for plant in plants() for name in plant.right)


@pytest.mark.slow
def test_the_broken_requirement_is_shown_and_the_relevance_is_right(tmp_path: Path) -> None:
    """A report begins with the first group: its requirement is the one that counts."""
    wrong: list[str] = []
    misjudged: list[str] = []
    for number, plant in enumerate(plants()):
        found = groups(planted(plant, tmp_path, f"planted_{number}"), plant)
        if any(group.smuggling for group in found) is not plant.smuggling:
            misjudged.append(plant.name)
        shown = found[0].simplest["requirement_id"] if found else "nothing"
        if shown.partition("/")[2] not in plant.right:
            wrong.append(f"{plant.name}: {shown}")
    assert misjudged == []
    assert len(wrong) <= (1 - SHARE) * len(plants()), wrong


CLOSED = Send(EventSpec("ConnectionClosed"))
TEXT = Call("send", (Typed("text", "text"),))


@pytest.mark.parametrize(
    "steps",
    [(Receive(b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"), Drain()), (CLOSED, SendFailed())],
    ids=["CONNECT", "failed"],
)
def test_a_call_with_other_arguments_breaks_no_requirement_on_the_messages_before_it(
    steps: tuple[Step, ...],
) -> None:
    """The check of arguments is shown, whatever the refusal of an event in that state is due to."""
    actual = InProcessExecutor(implementation("sends_text"))
    lockstep = Lockstep(InProcessExecutor(reference), actual, UPSTREAM_DEVIATIONS)
    outcome = Outcome(SETTINGS)
    run_program(lockstep, "arguments/no-event", Program("server", (*steps, TEXT)), outcome)
    minimise(lockstep, outcome)
    choice = RequirementChoice(lockstep, CATALOGUE)
    [(result, finding)] = outcome.findings
    assert choice.choose(result, finding).check is result.check


def test_what_shows_only_behind_other_programs_breaks_the_independence_of_connections(
    tmp_path: Path,
) -> None:
    """Its own program is right if it is run alone, and so is every requirement on its messages."""
    plant = next(plant for plant in plants() if plant.program is not None)
    module = planted(plant, tmp_path, "planted_behind_others")
    lockstep = Lockstep(
        InProcessExecutor(reference), InProcessExecutor(module), UPSTREAM_DEVIATIONS
    )
    [(result, finding), *_] = run(module, plant).findings
    behind = replace(finding, before=(Program("server", (SendFailed(),)),))
    choice = RequirementChoice(lockstep, CATALOGUE)
    shown = choice.choose(result, behind)
    assert (shown.check.id, shown.conforming) == ("connections/independent", "expected")
    assert choice.choose(result, finding).check is not shown.check
    assert RequirementChoice(lockstep, "1.0").choose(result, behind).check is result.check
