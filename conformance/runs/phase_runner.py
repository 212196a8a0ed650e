"""The phases of a run: how the checks of each are run.

Owns the table of phases. It must not know how a target is loaded, nor what fails a run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from ... import reference
from ...strategies.program import Program
from ..checks import machine
from ..checks.check import Check, JudgeOptions, Result
from ..execution.executor import CachingExecutor, Executor, SupportsGolden
from ..execution.fault_limit import FaultLimit, TooManyHangs
from ..execution.hang_guard import HangGuard
from ..oracles import golden
from ..oracles.lockstep import Lockstep
from ..oracles.pipeline import LARGE_BATCH, SMALL_BATCH, BatchSizer, Pipeline
from ..oracles.statistics import Progress, Statistics
from ..phases.vectors import VectorReplay
from ..vectors import corpus
from ..vectors.corpus import StoredVector
from .settings import Settings

# Yields more programs for a check, once its own have been run on the target.
FollowUp = Callable[[Executor, Statistics, Progress], Iterable[Program]]
Selection = Sequence[tuple[str, Check]]
SWEEPS = "sweeps"


def no_follow_up(
    executor: Executor, statistics: Statistics, progress: Progress
) -> Iterable[Program]:
    """Yields no programs."""
    return ()


def no_pause(differing: Sequence[StoredVector]) -> None:
    """Does nothing after a phase."""


@dataclass(frozen=True)
class Context:
    """What the checks of a run share.

    ``caching`` is the lockstep with an executor that remembers the target's traces. ``unjudged``
    are the programs that some sweep will judge, until the first sweep has them run together.
    ``vectors`` has run the vectors of all checks of the run. ``options`` say how a check is judged.
    """

    settings: Settings
    lockstep: Lockstep
    caching: Lockstep
    executor: CachingExecutor
    unjudged: list[Program]
    vectors: VectorReplay
    fault_limit: FaultLimit
    batch_sizer: BatchSizer
    progress: Progress
    follow_up: FollowUp
    options: JudgeOptions


def run_checks(
    settings: Settings,
    lockstep: Lockstep,
    selection: Selection,
    results: list[Result],
    *,
    progress: Progress,
    follow_up: FollowUp,
    against: bool,
    is_last: Callable[[Sequence[StoredVector]], bool] = lambda differing: False,
    after_phase: Callable[[Sequence[StoredVector]], None] = no_pause,
) -> list[StoredVector]:
    """Runs checks one after the other, each as its phase does; returns the vectors that differ.

    A target that hangs too often is not run any more: its last result is cut short, and the checks
    after it have none.

    Args:
        selection: the checks, each with its phase.
        results: each result is appended before its check is run, so that an interruption leaves
            what was found until then.
        progress: called after each batch of programs.
        follow_up: yields more programs for a check, given what its own have shown.
        against: whether another target is on the expected side.
        is_last: called after each check with the vectors that differ; whether the checks after it
            are left out.
        after_phase: called with these vectors after each phase but the last one.
    """
    fault_limit = FaultLimit(reference, settings.max_faults)
    actual = lockstep.actual
    if isinstance(actual, SupportsGolden):  # in processes of its own, where a hang can be ended
        actual = HangGuard(actual, fault_limit)
    lockstep = replace(lockstep, actual=actual, fault_limit=fault_limit)
    executor = CachingExecutor(lockstep.actual)
    caching = replace(lockstep, actual=executor)
    vectors = _vector_replay(caching, selection, against=against)
    sweeps = [] if settings.in_process else [check for phase, check in selection if phase == SWEEPS]
    context = Context(
        settings,
        lockstep,
        caching,
        executor,
        [program for check in sweeps for program in check.judged_programs()],
        vectors,
        fault_limit,
        BatchSizer(SMALL_BATCH if settings.in_process else LARGE_BATCH),
        progress,
        follow_up,
        JudgeOptions(settings.rfc, against, settings.max_findings),
    )
    phases = [phase for phase, _ in selection]
    for (phase, check), next_phase in zip(selection, [*phases[1:], ""], strict=True):
        result = Result(check, phase, Statistics(check.id, phase))
        results.append(result)
        try:
            PHASE_FUNCTIONS[phase](context, check, result)
        except TooManyHangs:
            result.statistics.cut_short = True
            break
        if is_last(vectors.differing):
            break
        if next_phase not in ("", phase):
            after_phase(vectors.differing)
    return vectors.differing


def _replay_vectors(context: Context, check: Check, result: Result) -> None:
    context.vectors.report(
        result.statistics, context.fault_limit, context.progress, context.executor.run_before
    )


def _sweep(context: Context, check: Check, result: Result) -> None:
    # A batch for each program that is judged would cost a process.
    context.executor.prefetch(context.unjudged)
    context.unjudged.clear()
    _run_programs(context, check, result, golden.with_golden)


def _check_machine(context: Context, check: Check, result: Result) -> None:
    result.machine = machine.sizes(check, context.settings.extra_states)
    _run_programs(context, check, result, machine.with_golden)


def _run_programs(
    context: Context, check: Check, result: Result, with_golden: Callable[[Lockstep], Lockstep]
) -> None:
    """Runs the programs of a check, and judges it.

    Args:
        with_golden: makes a lockstep use what the reference is known to show.
    """
    # Programs that are judged as well, or that property checks share, are run once.
    once = not check.differential or any(check.judged_programs())
    lockstep = context.caching if once else context.lockstep
    if check.differential and not context.options.against:
        lockstep = with_golden(lockstep)
    pipeline = Pipeline(
        check.oracle(lockstep),
        context.fault_limit,
        result.statistics,
        context.progress,
        context.batch_sizer,
        context.executor.run_before if once else lambda program: None,
    )
    pipeline.run(check.programs())
    pipeline.run(context.follow_up(context.lockstep.actual, result.statistics, context.progress))
    check.judge(context.caching, result, context.options)


def _search(context: Context, check: Check, result: Result) -> None:
    # Importing Hypothesis takes longer than a gate.
    from ..phases.search import search

    search(
        context.lockstep,
        context.fault_limit,
        result.statistics,
        max_examples=context.settings.max_examples,
        random_seed=context.settings.seed,
        max_time=context.settings.max_time,
        progress=context.progress,
    )


def _measure_cost(context: Context, check: Check, result: Result) -> None:
    context.progress(result.statistics)
    check.judge(context.lockstep, result, context.options)


PHASE_FUNCTIONS: dict[str, Callable[[Context, Check, Result], None]] = {
    "vectors": _replay_vectors,
    SWEEPS: _sweep,
    "machine": _check_machine,
    "search": _search,
    "cost": _measure_cost,
}


def _vector_replay(lockstep: Lockstep, selection: Selection, *, against: bool) -> VectorReplay:
    """Runs the vectors of the checks of the phase."""
    ids = {check.id for phase, check in selection if phase == "vectors"}
    vectors = [vector for vector in corpus.stored() if vector.check in ids] if ids else []
    golden_is_current = not against and bool(vectors) and corpus.current()
    return VectorReplay(lockstep, vectors, golden=golden_is_current)
