"""How the benchmarks compare two implementations: agreement first, then time, then numbers.

The machine is noisy and its speed drifts, so nothing is timed alone: every round runs both
implementations twice, close together and in balanced order, on inputs of that round, and only the
ratio within the round counts. Knows nothing of what the workloads do or who reads this.
"""

import gc
import math
import statistics
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from time import process_time_ns
from types import ModuleType
from typing import Any, cast

from h11spec.benchmarks.workloads import Job, Keep, Workload

_FIELDS = {
    "Request": ("method", "target", "http_version"),
    "Response": ("status_code", "reason", "http_version"),
    "InformationalResponse": ("status_code", "reason", "http_version"),
    # Not chunk_start: h11 0.16.0 leaves it out, against its documentation, when a segment ends
    # between the size of a chunk and its data.
    "Data": ("data", "chunk_end"),
    "EndOfMessage": (),
    "ConnectionClosed": (),
}
_WITH_HEADERS = ("Request", "Response", "InformationalResponse", "EndOfMessage")

Pair = tuple[int, int]
"""Nanoseconds of the measured implementation, and of the other."""

# Consumes results as cheaply as possible, and releases them as an application would.
_FORGET: Keep = deque[object](maxlen=0).append

DOUBLINGS = 3
LINEAR_BELOW = 1.2
"""A power of the size under which growth counts as linear: n log n over three doublings from 100
units is 1.17, a square is 2."""


class ResultMismatch(Exception):
    """The two implementations produced different results, so their times cannot be compared."""


@dataclass(frozen=True)
class Spread:
    """A sample: its median with a confidence interval, its quartiles and its extremes."""

    median: float
    low: float
    """The median of a repetition would lie between this and `high` in 95 of 100."""
    high: float
    lower: float
    upper: float
    least: float
    most: float

    @classmethod
    def of(cls, sample: Sequence[float]) -> "Spread":
        ordered = sorted(sample)
        lower, median, upper = statistics.quantiles(ordered, n=4, method="inclusive")
        # The ranks between which a median lies follow from the binomial distribution alone,
        # whatever the noise is like; here in its normal approximation.
        reach = 1.96 * math.sqrt(len(ordered)) / 2
        low = max(math.floor(len(ordered) / 2 - reach), 0)
        high = min(math.ceil(len(ordered) / 2 + reach), len(ordered) - 1)
        return cls(median, ordered[low], ordered[high], lower, upper, ordered[0], ordered[-1])


@dataclass(frozen=True)
class Comparison:
    """The cost of a workload on both implementations, and the ratio of the costs."""

    workload: Workload
    measured_ns: float
    """Median cost of a unit."""
    against_ns: float
    ratio: Spread
    """Cost of the other implementation over that of the measured one: above 1 is faster."""


@dataclass(frozen=True)
class Growth:
    """The minimum cost of one implementation at a size and at two, four and eight times the size.

    The minimum, not the median, because sizes are timed farther apart than the two costs of a
    ratio, and noise only adds to a cost.
    """

    sizes: tuple[int, ...]
    costs_ns: tuple[float, ...]

    @property
    def factors(self) -> tuple[float, ...]:
        """The factor by which each doubling of the size increases the cost."""
        return tuple(b / a for a, b in zip(self.costs_ns, self.costs_ns[1:], strict=False))

    @property
    def exponent(self) -> float:
        """The power of the size that the cost grows with: the slope of the log-log line."""
        sizes = [math.log(size) for size in self.sizes]
        costs = [math.log(cost) for cost in self.costs_ns]
        return statistics.linear_regression(sizes, costs).slope

    @property
    def linear(self) -> bool:
        return self.exponent < LINEAR_BELOW


def agree(workload: Workload, size: int, measured: ModuleType, against: ModuleType) -> None:
    """Raises `ResultMismatch` unless both produce the same events, bytes and states."""
    seed = f"agreement of {workload.name}"
    ours = plain_results(workload.prepare(Random(seed), size), measured)
    theirs = plain_results(workload.prepare(Random(seed), size), against)
    for number, (mine, other) in enumerate(zip(ours, theirs, strict=False)):
        if mine != other:
            raise ResultMismatch(
                f"{workload.name}: result {number} is {_short(mine)} from {measured.__name__}"
                f" and {_short(other)} from {against.__name__}"
            )
    if len(ours) != len(theirs):
        raise ResultMismatch(
            f"{workload.name}: {len(ours)} results from {measured.__name__}"
            f" and {len(theirs)} from {against.__name__}"
        )


def plain_results(job: Job, api: ModuleType) -> list[object]:
    """Everything the job kept, in a form that is comparable between implementations."""
    kept: list[object] = []
    job(api, lambda result: kept.append(_plain(result)))
    return kept


def _plain(result: Any) -> object:
    if result is None or isinstance(result, bytes):
        return result
    if isinstance(result, list):
        return list(cast("list[object]", result))
    kind = type(result).__name__
    if kind not in _FIELDS:
        return repr(result)
    fields: list[object] = [getattr(result, name) for name in _FIELDS[kind]]
    if kind == "Data":
        fields[0] = bytes(result.data)  # may be any bytes-like object
    if kind in _WITH_HEADERS:
        fields.append(list(result.headers))
        fields.append(list(result.headers.raw_items()))
    return (kind, *fields)


def _short(result: object) -> str:
    text = repr(result)
    return text if len(text) <= 200 else f"{text[:200]}…"


def compare(
    workloads: Sequence[Workload],
    measured: ModuleType,
    against: ModuleType,
    *,
    rounds: int,
    seed: int,
    tick: Callable[[], object],
) -> tuple[list[Comparison], Spread]:
    """Compares both on every workload; the second result is the geometric mean of their ratios.

    Each round runs all workloads, so that a slow period of the machine affects all of them, and the
    ratios in the geometric mean of a round were measured at about the same time.
    """
    pairs: list[list[Pair]] = [[] for _ in workloads]
    with _collector_held():
        for number in range(rounds + 1):
            for workload, row in zip(workloads, pairs, strict=True):
                row.append(_time_round(workload, workload.size, measured, against, seed, number))
                tick()
    for row in pairs:
        del row[0]  # the interpreter specialises the code in the first round
    comparisons = [
        Comparison(
            workload,
            statistics.median(mine for mine, _ in row) / workload.size,
            statistics.median(other for _, other in row) / workload.size,
            Spread.of([other / mine for mine, other in row]),
        )
        for workload, row in zip(workloads, pairs, strict=True)
    ]
    means = [
        statistics.geometric_mean(other / mine for mine, other in round_)
        for round_ in zip(*pairs, strict=True)
    ]
    return comparisons, Spread.of(means)


def grow(
    dimensions: Sequence[Workload],
    measured: ModuleType,
    against: ModuleType,
    *,
    rounds: int,
    seed: int,
    tick: Callable[[], object],
) -> list[tuple[Workload, Growth, Growth]]:
    """The growth of both implementations in every dimension; the measured one comes first."""
    pairs: dict[tuple[str, int], list[Pair]] = {}
    with _collector_held():
        for number in range(rounds):
            for dimension in dimensions:
                for size in sizes(dimension):
                    row = pairs.setdefault((dimension.name, size), [])
                    row.append(_time_round(dimension, size, measured, against, seed, number))
                    tick()
    return [
        (dimension, _growth(dimension, pairs, 0), _growth(dimension, pairs, 1))
        for dimension in dimensions
    ]


def _growth(dimension: Workload, pairs: dict[tuple[str, int], list[Pair]], side: int) -> Growth:
    costs = (min(pair[side] for pair in pairs[dimension.name, size]) for size in sizes(dimension))
    return Growth(sizes(dimension), tuple(costs))


def sizes(dimension: Workload) -> tuple[int, ...]:
    """The size at which the dimension starts, and each doubling."""
    return tuple(dimension.size << doubling for doubling in range(DOUBLINGS + 1))


def _time_round(
    workload: Workload, size: int, measured: ModuleType, against: ModuleType, seed: int, number: int
) -> Pair:
    """The mean cost of two timings each.

    The order is A B B A in one round and B A A B in the next: what comes first after another
    workload is slower, even if it is the same code.
    """
    apis = {"measured": measured, "against": against}
    costs = {"measured": 0, "against": 0}
    for half in (0, 1):
        order = ("against", "measured") if (number + half) % 2 else ("measured", "against")
        inputs = f"{seed} {workload.name} {size} {number} {half}"
        done: list[int] = []
        # Each gets inputs of its own, equal but not the same objects: bytes remember their hash.
        jobs = [workload.prepare(Random(inputs), size) for _ in order]
        for side, job in zip(order, jobs, strict=True):
            cost, results = _time(job, apis[side])
            costs[side] += cost
            done.append(results)
        if done[0] != done[1]:
            raise ResultMismatch(
                f"{workload.name}: {done[0]} results from {apis[order[0]].__name__} and"
                f" {done[1]} from {apis[order[1]].__name__}, on inputs {inputs!r}"
            )
    return costs["measured"] // 2, costs["against"] // 2


def _time(job: Job, api: ModuleType) -> tuple[int, int]:
    gc.collect()
    # Processor time: what other processes take from the machine is not counted.
    start = process_time_ns()
    done = job(api, _FORGET)
    return process_time_ns() - start, done


@contextmanager
def _collector_held() -> Generator[None, None, None]:
    """Restricts garbage collection to the time between timings, and to objects that these left."""
    was_enabled = gc.isenabled()
    gc.disable()
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()
