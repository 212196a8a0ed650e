"""The checks that an implementation forgets what it has done: its memory does not grow without end.

Owns which growth is too much, and how it is confirmed. What is repeated belongs to
``strategies.repetition``, and the measurement to ``strategies.retention``. It must not know how an
executor runs the repetitions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ...reports.findings.finding import Finding, memory_finding
from ...reports.findings.memory_script import memory_script
from ...strategies.program import Program, Role
from ...strategies.repetition import CALLS, CONNECTIONS, CYCLES, Repetition, request
from ..execution.executor import Executor
from ..execution.fault_limit import COSTLY, FaultLimit
from ..oracles.lockstep import Lockstep
from .check import Check, JudgeOptions, Result

ROLES: tuple[Role, ...] = ("server", "client")
_BOUNDED = ("h11 documentation, introduction",)
# The classes of growth. GROWING_WITH: until the connection is gone.
CONSTANT, GROWING_WITH, GROWING = "constant", "growing with the connection", "growing without end"
_GROWS = (GROWING_WITH, GROWING)
# Not a class: the target cannot express a step.
INAPPLICABLE = "inapplicable"
# By the measure: memory grows if it grows by more bytes than this in each repetition, from each
# count to the next. Python says exactly what it has allocated; CPython 3.8 and 3.9 allocate a cache
# for each function that is called often. The C library's heap has caches as well, and freed memory
# stays resident for a while.
ALLOWED = {"allocated": 8, "kept": 8, "heap": 64, "resident": 512}
# After how many repetitions memory is measured: of each of the forms by turns; and then, if it has
# grown, of one form alone. By the last ones, caches that have a limit are full. Each count is twice
# the one before, as some containers grow only when they have twice as much in them.
SCREENED = (10, 21, 42)
MEASURED = (10, 250, 500, 1000)
MEASURED_LONGER = (10, 1000, 2000, 4000)


def growth(
    executor: Executor, forms: Sequence[Repetition], counts: Sequence[int], *, fresh: bool
) -> tuple[str, str]:
    """Returns the class in which memory grows when the forms are repeated by turns.

    Or the kind of the fault that this ended in, or INAPPLICABLE; and the measure that grows most
    plainly.

    Args:
        counts: numbers of repetitions, after which memory is measured.
        fresh: whether each repetition has a new connection.
    """
    observed = executor.live_memory(request(forms, counts, fresh=fresh))
    fault = observed.get("fault", {}).get("kind")
    if fault in COSTLY:
        return fault, ""
    if "live" not in observed:
        return INAPPLICABLE, ""
    for measure, sizes in observed["live"].items():
        allowed = [allowed_growth(measure, forms) * count for count in counts]
        steps = zip(pairwise(sizes), pairwise(allowed), strict=False)
        if all(after - before > more - less for (before, after), (less, more) in steps):
            stays = sizes[-1] - sizes[0] > allowed[-1] - allowed[0]
            return GROWING if stays else GROWING_WITH, measure
    return CONSTANT, ""


def allowed_growth(measure: str, forms: Sequence[Repetition]) -> int:
    """Returns how many bytes memory may grow by, by a measure, when each form is repeated once.

    What Python has allocated is exact: if one of several forms is kept, that has to show.
    """
    return ALLOWED.get(measure, 0) * (1 if measure == "allocated" else len(forms))


@dataclass(frozen=True, kw_only=True)
class MemoryCheck(Check):
    """Repeats what an implementation has to forget, and measures the memory that it uses.

    ``unit`` is what is counted. With ``fresh``, each repetition has a new connection.
    """

    unit: str
    repetitions: tuple[Repetition, ...]
    fresh: bool = False

    @property
    def differential(self) -> bool:
        """Never: memory must not grow, whatever it does on the other side."""
        return False

    @property
    def judged_by(self) -> str:
        """How the target is judged, as a phrase."""
        return f"without an expected side, by its memory after 10 and after 1,000 {self.unit}"

    def judge(self, lockstep: Lockstep, result: Result, options: JudgeOptions) -> None:
        """Measures the growth in each role; one that is confirmed is a finding."""
        result.statistics.programs += len(self.repetitions)
        result.growth = CONSTANT
        limit = lockstep.fault_limit
        for role in ROLES:
            forms = [each for each in self.repetitions if each.role == role]
            if limit is not None:
                # Where a target has faulted too often, nothing can be repeated.
                reached = [form for form in forms if _is_reached(form.program, limit)]
                result.statistics.truncated += len(forms) - len(reached)
                forms = reached
            if forms:
                self._judge_role(lockstep.actual, forms, result)

    def _judge_role(self, actual: Executor, forms: list[Repetition], result: Result) -> None:
        first, _ = growth(actual, forms, SCREENED, fresh=self.fresh)
        if first == INAPPLICABLE:
            result.statistics.inapplicable += len(forms)
        if first in (CONSTANT, INAPPLICABLE):
            return
        counts = _by_turns(MEASURED_LONGER, forms) if first in _GROWS else SCREENED
        found, measure = growth(actual, forms, counts, fresh=self.fresh)
        if found == CONSTANT:
            # Noise, or a cache with a limit; but where a process ended, something was not measured.
            result.statistics.truncated += first in ("crash", "exit")
            return
        for form in forms:
            alone, by = self._growth_alone(actual, form)
            if alone != CONSTANT:
                forms, found, measure = [form], alone, by
                break
        result.growth = found
        result.findings.append(self._finding(forms, found, measure))

    def _growth_alone(self, actual: Executor, form: Repetition) -> tuple[str, str]:
        """Measures the growth of one form, in a process that runs nothing else."""
        found = growth(actual, [form], MEASURED, fresh=self.fresh)
        if found[0] in _GROWS:
            found = growth(actual, [form], MEASURED_LONGER, fresh=self.fresh)
        return found

    def _finding(self, forms: list[Repetition], found: str, measure: str) -> Finding:
        counts = _by_turns(MEASURED, forms)
        allowed = allowed_growth(measure, forms)
        form = forms[0].form if len(forms) == 1 else "all forms by turns"
        return memory_finding(
            self.id,
            f"{self.unit} as a {forms[0].role}, {form}",
            CONSTANT,
            found,
            memory_script(forms, measure, counts, allowed, fresh=self.fresh),
            faulty=found not in _GROWS,
        )


def _by_turns(counts: Sequence[int], forms: list[Repetition]) -> list[int]:
    """Returns the counts for each of several forms, with as many repetitions altogether."""
    first, *others = counts
    return [first, *(count // len(forms) for count in others)]


def _is_reached(program: Program, limit: FaultLimit) -> bool:
    """Whether no step of the program is one at which the target has faulted too often."""
    return len(limit.truncate(program).steps) == len(program.steps)


CHECKS = (
    MemoryCheck(
        id="resources/cycles",
        level="CONTRACT",
        role="both",
        citations=_BOUNDED,
        requirement="A connection forgets each cycle: a thousand take no more memory than ten.",
        unit="cycles",
        repetitions=CYCLES,
    ),
    MemoryCheck(
        id="resources/connections",
        level="CONTRACT",
        role="both",
        citations=_BOUNDED,
        requirement="Connections that are gone are forgotten, however they ended.",
        unit="connections",
        repetitions=CONNECTIONS,
        fresh=True,
    ),
    MemoryCheck(
        id="resources/calls",
        level="CONTRACT",
        role="both",
        citations=_BOUNDED,
        requirement="Calls that are refused or done with are forgotten, in the midst of a message.",
        unit="calls",
        repetitions=CALLS,
    ),
)
