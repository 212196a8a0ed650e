"""The smoke test: a target is refused for what it shows under full limits, and for no less."""

from collections.abc import Callable, Sequence

import pytest

from h11spec import reference
from h11spec.conformance.execution import smoke
from h11spec.conformance.execution.executor import InProcessExecutor, RawTrace
from h11spec.conformance.targets.target import TargetError, parse
from h11spec.strategies.program import Program

HANG = {"fault": {"kind": "hang", "detail": "", "text": ""}}


class Suspected(InProcessExecutor):
    """Seems to hang in each program, unless it has all the time that a step may take."""

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        return lambda: [[HANG] for _ in programs]

    def run_in_sequence(
        self, programs: Sequence[Program], *, suspected: bool = False
    ) -> list[RawTrace]:
        return InProcessExecutor(reference).submit(programs)()


class Hanging(Suspected):
    """Hangs in each program."""

    def run_in_sequence(
        self, programs: Sequence[Program], *, suspected: bool = False
    ) -> list[RawTrace]:
        return [[HANG] for _ in programs]


def test_a_suspected_hang_is_confirmed() -> None:
    smoke.check(parse("h11"), Suspected(reference))


def test_a_target_that_hangs_is_refused() -> None:
    with pytest.raises(TargetError, match="does not get through one exchange as client"):
        smoke.check(parse("h11"), Hanging(reference))
