"""How well the place of a fault is found: ``python benchmarks/places --help``.

Owns the command line and the table. The exit code says whether both bounds are met.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence

import click

from h11spec.benchmarks.places.examining import Verdict, verdicts
from h11spec.benchmarks.places.faults import drawn
from h11spec.benchmarks.power.__main__ import originals

# Of the faults that the vectors find, in per cent, and among the first three places.
LINE_BOUND, FUNCTION_BOUND = 70.0, 90.0
SHOWN = (1, 3, 5, 10)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--count", default=90, show_default=True, help="Faults to plant.")
@click.option("--seed", default=1, show_default=True, help="What they are drawn by.")
@click.option("-j", "jobs", default=2, show_default=True, help="Faults to examine at once.")
def main(count: int, seed: int, jobs: int) -> None:
    """Plant faults in copies of h11, and see whether their places are found by the vectors."""
    [original] = originals("h11")
    faults = drawn(original, count, seed)
    found: list[Verdict] = []
    for verdict in verdicts(original, faults, jobs=jobs):
        found.append(verdict)
        click.echo(described(verdict))
    click.echo()
    for line in table(found, seed):
        click.echo(line)
    counting = [each for each in found if each.counts]
    shares = share(counting, _line, 3), share(counting, _function, 3)
    missed = shares[0] < LINE_BOUND or shares[1] < FUNCTION_BOUND
    sys.exit(missed or any(each.broken for each in found))


def described(verdict: Verdict) -> str:
    """Returns a line about a fault."""
    if verdict.broken:
        return f"broken: {verdict.fault}\n{verdict.broken}"
    if verdict.failing is None:
        return f"hangs, crashes or does not load: {verdict.fault}"
    if not verdict.failing:
        return f"not found by the vectors: {verdict.fault}"
    where = f"line {verdict.line or '-'}, function {verdict.function or '-'}"
    return f"{where}: {verdict.fault} ({verdict.failing} vectors): {'; '.join(verdict.first)}"


def table(found: Sequence[Verdict], seed: int) -> Iterator[str]:
    """Yields the lines of the table."""
    counting = [each for each in found if each.counts]
    yield f"seed {seed}: {len(found)} faults planted, {len(counting)} found by the vectors"
    yield f"{'among the first':20}" + "".join(f"{most:>6}" for most in SHOWN)
    for name, rank in (("line", _line), ("function", _function)):
        yield f"{name:20}" + "".join(f"{share(counting, rank, most):>5.0f}%" for most in SHOWN)
    yield f"bounds for the first 3: line {LINE_BOUND:g} %, function {FUNCTION_BOUND:g} %"


def share(found: Sequence[Verdict], rank: Callable[[Verdict], int], most: int) -> float:
    """Returns in how many per cent the rank is at most so large."""
    hits = sum(1 <= rank(each) <= most for each in found)
    return 100 * hits / len(found) if found else 100.0


def _line(verdict: Verdict) -> int:
    return verdict.line


def _function(verdict: Verdict) -> int:
    return verdict.function


if __name__ == "__main__":
    main()
