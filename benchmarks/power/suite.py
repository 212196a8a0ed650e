"""The programs with which planted faults are examined: everything that a user's run executes.

Owns the programs, and the reference's traces of those without golden digests. Both are made once,
before the process is forked. Knows nothing of faults.
"""

from __future__ import annotations

import marshal
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from h11spec import reference
from h11spec.conformance.checks.catalogue import DRAWN, catalogue
from h11spec.conformance.checks.check import Check
from h11spec.conformance.checks.expression_check import ExpressionCheck
from h11spec.conformance.execution.executor import InProcessExecutor, RawTrace
from h11spec.conformance.execution.fault_limit import FaultLimit
from h11spec.conformance.oracles.oracle import Comparisons, Oracle
from h11spec.conformance.oracles.statistics import Statistics
from h11spec.conformance.phases.hypothesis_backend import draw
from h11spec.conformance.phases.search import search
from h11spec.conformance.runs.settings import Settings
from h11spec.conformance.vectors import corpus
from h11spec.reports.findings.divergence import AGREES
from h11spec.strategies.conversation import programs
from h11spec.strategies.program import Json, Program

SWEEPS, SEARCH, CONFIRMATION = "sweeps", "search", "confirmation"
VECTORS = "vectors"
# A claim of equivalence needs this many programs that the search has not drawn.
CONFIRMING = 10_000
_CONFIRMING_SEED = 7_919


class Expected(InProcessExecutor):
    """The reference as the expected side, with a cache of its traces.

    The cache identifies programs by identity, not by value, since they are made once, and there are
    many.
    """

    def __init__(self) -> None:
        super().__init__(reference)
        self._known: dict[int, bytes] = {}
        self._answers: dict[str, Json] = {}

    def learn(self, some: Iterable[Program]) -> None:
        """Runs the programs, which must live as long as this object."""
        for program in some:
            [shown] = super().submit([program])()
            self._known[id(program)] = marshal.dumps(shown)

    def ask(self, texts: Iterable[str]) -> None:
        """Evaluates the expressions and stores their values."""
        for text in texts:
            [self._answers[text]] = super().evaluate([text])

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        """Returns a function that returns the stored traces, and runs programs without one."""
        return lambda: [self._shown(program) for program in programs]

    def _shown(self, program: Program) -> RawTrace:
        known = self._known.get(id(program))
        if known is not None:
            shown: RawTrace = marshal.loads(known)
            return shown
        return super().submit([program])()[0]

    def evaluate(self, expressions: Sequence[str]) -> list[Json]:
        """Returns the stored values."""
        return [self._answers[text] for text in expressions]


@dataclass(frozen=True)
class Part:
    """A check with its programs, in the phase in which they are run."""

    phase: str
    check: Check
    programs: tuple[Program, ...]


@dataclass(frozen=True)
class Suite:
    """The parts in their order, and the expected side that knows their programs."""

    parts: tuple[Part, ...]
    expected: Expected

    def without(self, checks: Collection[str]) -> Suite:
        """Returns the suite without the checks of these ids."""
        left = (part for part in self.parts if part.check.id not in checks)
        return Suite(tuple(left), self.expected)


def prepared(
    checks: Sequence[Check] | None = None,
    settings: Settings | None = None,
    confirming: int = CONFIRMING,
) -> Suite:
    """Returns everything that ``h11spec check`` runs, and further programs to confirm equivalence.

    Args:
        checks: the checks to run; None for all.
        settings: the settings of the search; None for the defaults.
        confirming: how many further programs are run on a survivor.
    """
    swept = sorted(_swept(catalogue() if checks is None else checks), key=_size)
    drawn = Part(SEARCH, DRAWN, _searched(settings or Settings()))
    parts = (*swept, drawn, Part(CONFIRMATION, DRAWN, _others(confirming)))
    expected = Expected()
    for part in parts:
        if part.phase != SWEEPS:  # the sweeps have golden digests
            expected.learn(part.programs)
        if isinstance(part.check, ExpressionCheck):
            expected.ask(each.text for each in part.check.expressions)
    return Suite(parts, expected)


def distilled() -> Suite:
    """Returns only what the vectors phase runs."""
    vectors: dict[str, list[Program]] = defaultdict(list)
    for vector in corpus.stored():
        vectors[vector.check].append(vector.program)
    parts = [
        Part(VECTORS, check, tuple(vectors[check.id]))
        for check in catalogue()
        if check.id in vectors
    ]
    expected = Expected()
    for part in parts:
        expected.learn(part.programs)
    return Suite(tuple(sorted(parts, key=_size)), expected)


def _swept(checks: Sequence[Check]) -> Iterator[Part]:
    return (Part(SWEEPS, check, tuple(check.programs())) for check in checks)


def _size(part: Part) -> tuple[bool, int]:
    """The sort key: small checks first; those of undocumented behaviour last: they never fail."""
    return not part.check.documented, len(part.programs)


class _Listening:
    """Collects the programs that a search would run."""

    def __init__(self) -> None:
        self.model = self.actual = InProcessExecutor(reference)
        self.programs: list[Program] = []

    def behind(self, before: Sequence[Program], *, suspected: bool = False) -> Oracle:
        """Returns itself: no program faults."""
        return self

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], Comparisons]:
        self.programs += programs
        return lambda: [AGREES for _ in programs]


def _searched(settings: Settings) -> tuple[Program, ...]:
    listening = _Listening()
    fault_limit = FaultLimit(reference, settings.max_faults)
    search(
        listening,
        fault_limit,
        Statistics(DRAWN.id),
        max_examples=settings.max_examples,
        random_seed=settings.seed,
    )
    return tuple(listening.programs)


def _others(count: int) -> tuple[Program, ...]:
    others: list[Program] = []
    if count:
        draw(programs(), others.append, count=count, seed=_CONFIRMING_SEED)
    return tuple(others)
