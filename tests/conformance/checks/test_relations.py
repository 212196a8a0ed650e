"""The metamorphic relations: which programs have an equivalent one, and what h11 shows for them."""

from collections.abc import Sequence
from functools import partial

import h11
import pytest

from h11spec import reference
from h11spec.conformance.checks import relations
from h11spec.conformance.checks.properties import segmented
from h11spec.conformance.execution.executor import InProcessExecutor
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.oracles.oracle import compare
from h11spec.conformance.oracles.properties import InvariantOracle, MetamorphicOracle, Violation
from h11spec.strategies.program import (
    Connection,
    Drain,
    NextEvent,
    On,
    Program,
    Receive,
    ReceiveEOF,
    Step,
)
from h11spec.strategies.reduction import reduce
from h11spec.strategies.traces import Trace

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
WITHOUT_OTHER: dict[str, Sequence[Step]] = {
    "nothing to join": (Receive(GET), NextEvent()),
    "one event between segments": (Receive(GET), NextEvent(), Receive(GET), Drain()),
    "one event after them": (Receive(GET[:9]), Drain(), Receive(GET[9:]), NextEvent()),
    "nothing after them": (Receive(GET), Drain(), Receive(GET)),
    "bytes after the end": (ReceiveEOF(), Drain(), Receive(GET), Receive(GET), Drain()),
}


def whole(*steps: Step) -> Program | None:
    return relations.unsegmented(Program("server", tuple(steps)), Trace([]))


@pytest.mark.parametrize("steps", WITHOUT_OTHER.values(), ids=WITHOUT_OTHER)
def test_a_program_may_have_no_equivalent_one(steps: Sequence[Step]) -> None:
    """What it shows in the end would depend on the segmentation."""
    assert whole(*steps) is None


def test_a_program_with_several_connections_has_no_equivalent_one() -> None:
    """What one of them shows may depend on what another one did before."""
    steps = Receive(GET[:5]), Receive(GET[5:]), Drain(), On(1, Receive(GET)), On(1, NextEvent())
    program = Program("server", steps, others=(Connection("server"),))
    assert relations.unsegmented(program, Trace([])) is None


def test_consecutive_segments_are_joined() -> None:
    steps = Receive(GET[:5]), Receive(GET[5:9]), Drain(), Receive(GET[9:]), ReceiveEOF(), Drain()
    assert whole(*steps) == Program("server", (Receive(GET), ReceiveEOF(), Drain()))


def test_no_simpler_program_violates_the_relation_on_h11() -> None:
    """The reduction of a program that violates it asks for no more than that."""
    executor = InProcessExecutor(h11)
    oracle = MetamorphicOracle(
        Lockstep(InProcessExecutor(h11), executor),
        relations.unsegmented,
        # What tells the two apart is no part of the interface.
        partial(relations._same, "in one piece"),  # pyright: ignore[reportPrivateUsage]
    )
    violated: list[Program] = []

    def shows(program: Program) -> bool:
        # The property is judged before anything is noted.
        [comparison] = oracle._run(executor, [program], short_limits=False)()  # pyright: ignore[reportPrivateUsage]
        if comparison is not None and comparison.divergence is not None:
            violated.append(program)
        return program == start

    for start in [each for each in segmented() if len(each.steps) < 12][::40]:
        reduce(start, shows)
    assert violated == []


def test_a_property_that_the_reference_violates_is_not_held_against_the_target() -> None:
    """With the same program, and in the same way."""
    executor = InProcessExecutor(reference)
    violation = Violation(0, "event", "something", "something else", "others")
    program = Program("server", (Receive(GET), Drain()))
    never = InvariantOracle(executor, executor, lambda program, trace: iter([violation]))
    assert compare(never, program).divergence is None
    other = MetamorphicOracle(
        Lockstep(executor, executor),
        lambda program, trace: program,
        lambda program, trace, other, other_trace: iter([violation]),
    )
    assert compare(other, program).divergence is None
