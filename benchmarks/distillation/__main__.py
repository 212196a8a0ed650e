"""The choice of the vectors: ``python benchmarks/distillation``.

Owns the command line, and the order in which kinds of features are covered.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import click

from h11spec import reference
from h11spec.benchmarks.distillation import releases, training
from h11spec.benchmarks.distillation.candidates import Candidate, swept, taken
from h11spec.benchmarks.distillation.cover import Cover
from h11spec.benchmarks.distillation.pool import Entry, Gathering
from h11spec.benchmarks.distillation.watching import watched
from h11spec.benchmarks.power.__main__ import originals
from h11spec.conformance.vectors import corpus
from h11spec.reports.findings.vector import Vector
from h11spec.strategies.traces import Trace, run

# Kinds of features that must be covered completely, and kinds that are covered as far as possible.
_NEEDED = ("cell", "arc", "release", "argument", "border", "place")
_WANTED = ("step",)
_ROOM = 2400
# A long program covers much, but takes as much time as many short ones.
_SHORT = 6


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--traces", is_flag=True, help="Keep the programs, and make their traces anew.")
def main(traces: bool) -> None:
    """Choose the vectors anew, and write them to the file that comes with the package."""
    vectors = [_anew(each) for each in corpus.load()] if traces else _chosen()
    vectors.sort(key=lambda each: (each.check, each.id))
    content = corpus.content(vectors)
    corpus.FILE.write_bytes(content)
    click.echo(f"{len(vectors)} vectors, {len(content):,} bytes")
    areas = Counter(each.check.partition("/")[0] for each in vectors)
    click.echo(", ".join(f"{name} {count}" for name, count in areas.most_common()))


def _anew(vector: Vector) -> Vector:
    """Returns the vector with the reference's current trace."""
    return replace(vector, expected=run(reference, vector.program).form)


def _chosen() -> list[Vector]:
    cover = Cover()
    needed = _entries(taken())
    pool = _entries(swept())
    _say(f"{len(pool)} in the pool", cover)
    for entry in (*needed, *pool):
        entry.features.update(watched(entry.program))
    _say("watched", cover)
    releases.add_differences([*needed, *pool])
    for entry in needed:
        cover.take(entry)
    _say("requirements", cover)
    for kind in _NEEDED:
        cover.complete(pool, kind)
        _say(kind, cover)
    for original in originals("both"):
        known = [entry.candidate for entry in cover.taken]
        for entry in _entries(
            training.killers(original, known, [entry.candidate for entry in pool])
        ):
            cover.take(entry)
        _say(f"faults of {original.name}", cover)
    short = [entry for entry in pool if len(entry.program.steps) <= _SHORT]
    for kind in _WANTED:
        cover.complete(short, kind, _ROOM)
        _say(kind, cover)
    return [entry.candidate.vector(Trace(entry.trace)) for entry in cover.taken]


def _entries(candidates: Iterable[Candidate]) -> list[Entry]:
    return [*Gathering().of(candidates)]


def _say(what: str, cover: Cover) -> None:
    steps = sum(len(entry.program.steps) for entry in cover.taken)
    click.echo(f"{what}: {len(cover.taken)} programs, {steps} steps, {time.process_time():.0f} s")


if __name__ == "__main__":
    main()
