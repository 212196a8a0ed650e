"""Property oracles judge targets that crash, lack a call or return strange values."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from h11spec import reference
from h11spec.conformance.execution.executor import InProcessExecutor, RawTrace
from h11spec.conformance.execution.fault_limit import FaultLimit
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.oracles.oracle import compare, divergences, minimise_divergence
from h11spec.conformance.oracles.properties import InvariantOracle, MetamorphicOracle, Violation
from h11spec.conformance.requirements.conditions import Conditions
from h11spec.reports.findings.divergence import Comparison
from h11spec.reports.wording.values import format_side
from h11spec.strategies.program import Drain, EventSpec, Program, Receive, Send
from h11spec.strategies.traces import Trace, run

ONE = Program("server", (Receive(b"one"), Drain()))
TWO = Program("server", (Receive(b"two"), Drain()))
FAULT = {"fault": {"kind": "crash", "detail": "SIGSEGV", "text": ""}}
MODEL = InProcessExecutor(reference)


class Shows(InProcessExecutor):
    """Shows a given trace for each program."""

    def __init__(self, shown: Callable[[Program], Any]) -> None:
        super().__init__(reference)
        self._shown = shown

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        return lambda: [self._shown(program) for program in programs]


# A target that shows what the reference shows, with a mark.
MARKED = Shows(lambda program: [{**form, "marked": 1} for form in run(reference, program).form])


def fine(program: Program, trace: Trace) -> Iterator[Violation]:
    return iter(())


def fine_in_both(*sides: object) -> Iterator[Violation]:
    return iter(())


def judged(shown: Callable[[Program], Any]) -> Comparison:
    return compare(InvariantOracle(MODEL, Shows(shown), fine), ONE)


def related(first: Any, second: Any) -> Comparison:
    """The comparison by a relation that always holds, if the programs show this."""
    actual = Shows(lambda program: first if program == ONE else second)
    return compare(
        MetamorphicOracle(Lockstep(MODEL, actual), lambda program, trace: TWO, fine_in_both), ONE
    )


def test_a_crash_violates_every_invariant() -> None:
    """It is the divergence that a differential check finds, and counts for the fault limit."""
    found = judged(lambda program: [{}, FAULT]).divergence
    assert found is not None
    assert (found.step, found.difference.aspect, found.difference.field) == (1, "fault", "crash")


def test_a_crash_of_either_program_violates_every_relation() -> None:
    shown = run(reference, ONE).form
    assert related(shown, shown).divergence is None
    for first, second, program in ((FAULT, shown, ONE), (shown, FAULT, TWO)):
        traces = [[{}, each] if each is FAULT else each for each in (first, second)]
        found = related(*traces).divergence
        assert found is not None
        assert found.program == program
        assert found.difference.aspect == "fault"


def test_the_fault_limit_applies_to_both_programs_of_a_relation() -> None:
    """Otherwise the second program would fault again for each first one."""
    ran: list[Program] = []

    def shown(program: Program) -> Any:
        ran.append(program)
        form = run(reference, program).form
        return [form[0], FAULT] if program == TWO else form

    fault_limit = FaultLimit(reference, 2)
    lockstep = Lockstep(MODEL, Shows(shown), fault_limit=fault_limit)
    oracle = MetamorphicOracle(lockstep, lambda program, trace: TWO, fine_in_both)
    for _ in range(3):
        for found in divergences(compare(oracle, ONE)):
            fault_limit.note(found)  # as a run's pipeline does
    assert [ran.count(ONE), ran.count(TWO)] == [3, 2]
    assert fault_limit.truncated == 1


def test_an_inapplicable_step_is_not_judged() -> None:
    inapplicable: list[Any] = [{"inapplicable": "no words"}]
    assert judged(lambda program: inapplicable).inapplicable
    shown = run(reference, ONE).form
    assert related(inapplicable, shown).inapplicable
    assert related(shown, inapplicable).inapplicable


def test_a_value_that_an_invariant_cannot_read_is_a_soft_difference() -> None:
    """Differential checks report what is wrong with it."""

    def fails(program: Program, trace: Trace) -> Iterator[Violation]:
        # An invariant that fails itself.
        if "marked" in trace.form[0]:
            yield Violation(0, "error", "", "", str(None + 1))  # type: ignore[operator]  # it is to raise

    found = compare(InvariantOracle(MODEL, MARKED, fails), ONE).divergence
    assert found is not None
    assert found.difference.aspect == "type"


def test_minimising_gives_each_program_its_own_comparison() -> None:
    """This holds even if a program between them was not run."""
    bad = Program("server", (Receive(b"~ad"), Drain()))
    batches: list[list[Program]] = []

    class Sometimes:
        model = actual = MODEL

        def behind(self, before: Sequence[Program], *, suspected: bool = False) -> InvariantOracle:
            return InvariantOracle(MODEL, MARKED, breaks)

        def submit(
            self, programs: Sequence[Program], *, short_limits: bool = False
        ) -> Callable[[], list[Comparison | None]]:
            batches.append(list(programs))
            shown = InvariantOracle(MODEL, MARKED, breaks)
            return lambda: [
                None if len(batches) % 2 == 0 and at == 0 else compare(shown, program)
                for at, program in enumerate(programs)
            ]

    def breaks(program: Program, trace: Trace) -> Iterator[Violation]:
        received = b"".join(s.data for s in program.steps if isinstance(s, Receive))
        if b"~" in received and "marked" in trace.form[0]:
            yield Violation(len(trace) - 1, "event", "no tilde", "a tilde", "one")

    found = compare(InvariantOracle(MODEL, MARKED, breaks), bad).divergence
    assert found is not None
    left = minimise_divergence(Sometimes(), found)
    assert left is not None
    assert divergences(compare(InvariantOracle(MODEL, MARKED, breaks), left.program)) != []
    assert left.program.steps == (Receive(b"~"), Drain())


def test_a_crash_satisfies_no_condition() -> None:
    program = Program("server", (Receive(b"a"), Send(EventSpec("EndOfMessage"))))
    refused = Trace(
        [
            {},
            {
                "raised": {
                    "by": "send",
                    "family": "LocalProtocolError",
                    "class": "L",
                    "text": "",
                    "hint": 400,
                }
            },
        ]
    )
    assert Conditions(("refuses",)).hold(program, refused)
    assert not Conditions(("refuses",)).hold(program, Trace([*refused.form[:1], FAULT]))
    assert not Conditions(("not accepts",)).hold(program, Trace([]))


def test_an_answer_with_a_fault_is_described_by_its_fault() -> None:
    answer = {"value": 1, "fault": {"kind": "output", "detail": "", "text": "hello"}}
    finding = {"field": "answer", "aspect": "fault", "actual": answer}
    assert format_side(finding, "actual") == "output: hello"
