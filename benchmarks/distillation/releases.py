"""The differences between consecutive releases of h11.

Owns the list of releases. Each is installed into its own environment, like a target.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from h11spec.benchmarks.distillation.pool import Entry
from h11spec.conformance.execution.executor import RawTrace, parse_trace, same_trace
from h11spec.conformance.execution.limits import Limits
from h11spec.conformance.execution.process import Worker
from h11spec.conformance.oracles.oracle import divergences
from h11spec.conformance.targets.target import parse
from h11spec.reports.findings.divergence import compare

RELEASES = (
    *("0.7.0", "0.8.0", "0.8.1", "0.9.0", "0.10.0", "0.11.0", "0.12.0", "0.13.0", "0.14.0"),
    *("0.15.0", "0.16.0"),
)
_BATCH = 1000


def add_differences(entries: Sequence[Entry]) -> None:
    """Adds each difference between consecutive releases to the features of the entry."""
    traces: dict[str, list[RawTrace]] = {}
    for older, newer in pairwise(RELEASES):
        for each in older, newer:
            if each not in traces:
                traces[each] = _traces(each, entries)
        for at, entry in enumerate(entries):
            one, other = traces[older][at], traces[newer][at]
            if not same_trace(one, other):
                comparison = compare(entry.program, parse_trace(one), parse_trace(other), ())
                for found in divergences(comparison):
                    entry.features.add(("release", newer, found.identity))
        del traces[older]


def _traces(release: str, entries: Sequence[Entry]) -> list[RawTrace]:
    worker = Worker(parse(f"pip:h11=={release}"), Limits())
    try:
        batches = (entries[at : at + _BATCH] for at in range(0, len(entries), _BATCH))
        return [
            shown
            for batch in batches
            for shown in worker.submit([entry.program for entry in batch])()
        ]
    finally:
        worker.close()
