"""The smoke test: it refuses what lacks a part of the API, and leaves all faults to the phases."""

from collections.abc import Sequence

import pytest

from h11spec import reference
from h11spec.conformance.execution import smoke
from h11spec.conformance.execution.executor import InProcessExecutor, RawTrace
from h11spec.conformance.targets.target import TargetError, parse
from h11spec.strategies.program import Program


class Faulty(InProcessExecutor):
    """Ends in a fault in each program, and counts the programs."""

    def __init__(self, kind: str) -> None:
        super().__init__(reference)
        self.trace: RawTrace = [{"fault": {"kind": kind, "detail": "", "text": ""}}]
        self.programs = 0

    def run_in_sequence(
        self, programs: Sequence[Program], *, suspected: bool = False
    ) -> list[RawTrace]:
        self.programs += len(programs)
        return [self.trace for _ in programs]


@pytest.mark.parametrize("kind", ["crash", "hang", "exit", "memory"])
def test_a_target_that_does_not_survive_an_exchange_is_checked(kind: str) -> None:
    """What it does is a finding. One exchange is enough: the other one may take as long."""
    executor = Faulty(kind)
    smoke.check(parse("h11"), executor)
    assert executor.programs == 1


class Incomplete(Faulty):
    """Has a connection without a method."""

    def __init__(self) -> None:
        super().__init__("exit")
        error = {"family": "other", "class": "AttributeError", "text": "no send", "by": "send"}
        self.trace = [{"raised": error}]


def test_a_target_without_a_method_is_refused() -> None:
    with pytest.raises(TargetError, match="one exchange as client: send Request: AttributeError"):
        smoke.check(parse("h11"), Incomplete())
