"""The hang guard: an executor that stops running programs on a target that hangs too often.

Owns the count of hangs. It must not know how many are too many: the fault limit decides that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...strategies.program import Json, Program
from .executor import Digests, Executor, RawTrace, SupportsGolden, fault_of
from .fault_limit import FaultLimit, TooManyHangs


class _Guarded:
    """Does what HangGuard does, but for a view of its executor."""

    def __init__(self, executor: Executor, fault_limit: FaultLimit) -> None:
        self._executor = executor
        self._fault_limit = fault_limit

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        """Starts running the programs; the function that it returns waits for their traces."""
        self._require_few_hangs()
        running = self._executor.submit(programs, short_limits=short_limits)

        def result() -> list[RawTrace]:
            traces = running()
            self._fault_limit.hangs += sum(fault_of(raw) == "hang" for raw in traces)
            return traces

        return result

    def run_in_sequence(
        self, programs: Sequence[Program], *, suspected: bool = False
    ) -> list[RawTrace]:
        """Runs the programs in one new process, and returns their traces."""
        return self._executor.run_in_sequence(programs, suspected=suspected)

    def evaluate(self, expressions: Sequence[str]) -> list[Json]:
        """Returns the answer to each expression."""
        self._require_few_hangs()
        answers = self._executor.evaluate(expressions)
        self._fault_limit.hangs += sum(
            each.get("fault", {}).get("kind") == "hang" for each in answers
        )
        return answers

    def measure(self, programs: Sequence[Program]) -> list[Json]:
        """Returns the cost of each program."""
        self._require_few_hangs()
        return self._executor.measure(programs)

    def executed_lines(self, programs: Sequence[Program]) -> list[Json]:
        """Returns the lines that each program executes."""
        self._require_few_hangs()
        return self._executor.executed_lines(programs)

    def run_edited(self, runs: Sequence[tuple[Json, Program]]) -> list[RawTrace]:
        """Returns the traces of programs, each on the target with an edit of its source."""
        self._require_few_hangs()
        return self._executor.run_edited(runs)

    def live_memory(self, request: Json) -> Json:
        """Returns the memory that is used after some repetitions."""
        self._require_few_hangs()
        return self._executor.live_memory(request)

    def close(self) -> None:
        """Closes the executor."""
        self._executor.close()

    def _require_few_hangs(self) -> None:
        if self._fault_limit.hangs_too_often:
            raise TooManyHangs


class HangGuard(_Guarded):
    """Runs programs on a target, and raises TooManyHangs in their place once it hung too often.

    Batches that were started before still have their traces.

    Args:
        executor: runs the programs.
        fault_limit: knows how often the target has hung.
    """

    def __init__(self, executor: SupportsGolden, fault_limit: FaultLimit) -> None:
        super().__init__(executor, fault_limit)
        self._with_golden = executor.with_golden

    def with_golden(self, digests: Digests) -> Executor:
        """Returns a view of this executor that may answer groups with GOLDEN."""
        return _Guarded(self._with_golden(digests), self._fault_limit)
