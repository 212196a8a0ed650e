"""A target that dies, cannot say something or says something odd is judged all the same."""

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
from h11spec.strategies.programs import Drain, EventSpec, Program, Receive, Send
from h11spec.strategies.traces import Trace, run

ONE = Program("server", (Receive(b"one"), Drain()))
TWO = Program("server", (Receive(b"two"), Drain()))
FAULT = {"fault": {"kind": "crash", "detail": "SIGSEGV", "text": ""}}
MODEL = InProcessExecutor(reference)


class Shows(InProcessExecutor):
    """A side that shows this for each program."""

    def __init__(self, shown: Callable[[Program], Any]) -> None:
        super().__init__(reference)
        self._shown = shown

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        return lambda: [self._shown(program) for program in programs]


def fine(program: Program, trace: Trace) -> Iterator[Violation]:
    return iter(())


def fine_in_both(*sides: object) -> Iterator[Violation]:
    return iter(())


def examined(shown: Callable[[Program], Any]) -> Comparison:
    return compare(InvariantOracle(MODEL, Shows(shown), fine), ONE)


def related(first: Any, second: Any) -> Comparison:
    """What comes of a relation that always holds, when the programs show this."""
    side = Shows(lambda program: first if program == ONE else second)
    return compare(
        MetamorphicOracle(Lockstep(MODEL, side), lambda program, trace: TWO, fine_in_both), ONE
    )


def test_a_crash_breaks_every_rule() -> None:
    """It is the divergence that any other check would find, and closes the place as it does."""
    found = examined(lambda program: [{}, FAULT]).divergence
    assert found is not None
    assert (found.step, found.difference.aspect, found.difference.field) == (1, "fault", "crash")


def test_a_crash_on_either_side_of_a_relation_is_one() -> None:
    shown = run(reference, ONE).form
    assert related(shown, shown).divergence is None
    for first, second, program in ((FAULT, shown, ONE), (shown, FAULT, TWO)):
        traces = [[{}, each] if each is FAULT else each for each in (first, second)]
        found = related(*traces).divergence
        assert found is not None
        assert found.program == program
        assert found.difference.aspect == "fault"


def test_a_place_at_which_it_died_often_enough_is_closed_to_both_sides() -> None:
    """The other way to say it would pay for the same fault, once for every program."""
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


def test_what_cannot_be_said_is_not_judged() -> None:
    mute: list[Any] = [{"inapplicable": "no words"}]
    assert examined(lambda program: mute).inapplicable
    shown = run(reference, ONE).form
    assert related(mute, shown).inapplicable
    assert related(shown, mute).inapplicable


def test_a_value_that_no_rule_can_read_fails_nothing() -> None:
    """The checks that compare say what is odd about it."""

    def stumbles(program: Program, trace: Trace) -> Iterator[Violation]:
        # What a rule that stumbles does.
        yield Violation(0, "error", "", "", str(None + 1))  # type: ignore[operator]

    found = compare(InvariantOracle(MODEL, MODEL, stumbles), ONE).divergence
    assert found is not None
    assert found.difference.aspect == "type"


def test_reduction_gives_each_program_its_own_comparison() -> None:
    """One that was not run stands between those that were."""
    bad = Program("server", (Receive(b"bad"), Drain()))
    asked: list[list[Program]] = []

    class Sometimes:
        model = MODEL

        def submit(
            self, programs: Sequence[Program], *, short_limits: bool = False
        ) -> Callable[[], list[Comparison | None]]:
            asked.append(list(programs))
            shown = InvariantOracle(MODEL, MODEL, breaks)
            return lambda: [
                None if len(asked) % 2 == 0 and at == 0 else compare(shown, program)
                for at, program in enumerate(programs)
            ]

    def breaks(program: Program, trace: Trace) -> Iterator[Violation]:
        if b"b" in b"".join(s.data for s in program.steps if isinstance(s, Receive)):
            yield Violation(len(trace) - 1, "event", "no b", "a b", "one")

    found = compare(InvariantOracle(MODEL, MODEL, breaks), bad).divergence
    assert found is not None
    left = minimise_divergence(Sometimes(), found)
    assert divergences(compare(InvariantOracle(MODEL, MODEL, breaks), left.program)) != []
    assert left.program.steps == (Receive(b"b"), Drain())


def test_nobody_keeps_anything_by_dying() -> None:
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


def test_an_answer_with_a_fault_is_told_by_its_fault() -> None:
    answer = {"value": 1, "fault": {"kind": "output", "detail": "", "text": "hello"}}
    finding = {"field": "answer", "aspect": "fault", "actual": answer}
    assert format_side(finding, "actual") == "output: hello"
