"""How many of the faults held back from the choice of the vectors are found by the vectors alone.

Owns the bound and the lines that show it. Which faults count belongs to ``report``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from h11spec.benchmarks.power.killing import Verdict
from h11spec.benchmarks.power.report import Report
from h11spec.benchmarks.power.suite import SWEEPS, VECTORS

# Of the faults that are neither equivalent nor only slow, in per cent, of all originals together.
BOUND = 85.0


def found(report: Report) -> list[Verdict]:
    """Returns the verdicts on the faults that a run of the vectors finds.

    Like every run, it begins with the smoke test.
    """
    return [each for each in report.verdicts if each.found and each.phase in (SWEEPS, VECTORS)]


def share(some: Sequence[Report]) -> float:
    """Returns how many of the faults that count are found, in per cent."""
    counting = sum(report.counting for report in some)
    return 100 * sum(len(found(report)) for report in some) / counting if counting else 100.0


def shown(some: Sequence[Report]) -> Iterator[str]:
    """Yields the lines of the report."""
    for report in some:
        known = {id(each) for each in (*found(report), *report.loading)}
        known |= {id(each) for each, _ in (*report.equivalent, *report.slow)}
        left = [each for each in report.verdicts if id(each) not in known]
        yield f"{report.original.name}: {len(report.verdicts)} faults planted, held back before"
        for name, count in (
            ("does not load", len(report.loading)),
            ("found by the vectors", len(found(report))),
            ("not found: equivalent", len(report.equivalent)),
            ("not found: only slow", len(report.slow)),
            ("not found", len(left)),
        ):
            yield f"  {name:30}{count:>6}"
        for each in left:
            yield f"    {each.fault}{' (fails a strict run)' if each.shown else ''}"
    counting = sum(report.counting for report in some)
    missed = "" if share(some) >= BOUND else ": MISSED"
    yield f"vectors alone: {share(some):.1f} %  of {counting}, at least {BOUND:g} %{missed}"
