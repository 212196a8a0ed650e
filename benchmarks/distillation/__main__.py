"""The choice of the vectors: ``python benchmarks/distillation``.

Owns the command line, and the order in which what is wanted is seen to.
"""

from __future__ import annotations

import time
from collections import Counter

import click

from h11spec.benchmarks.distillation.candidates import Candidate, swept, taken
from h11spec.benchmarks.distillation.cover import Cover
from h11spec.benchmarks.distillation.pool import Entry, Gathering
from h11spec.conformance.vectors import corpus
from h11spec.strategies.traces import Trace

_MOST = 1500
# In this order: what comes first is never left out for want of room.
_WANTED = ("step", "argument", "border", "place", "signature", "pair")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Choose the vectors anew, and write them to the file that comes with the package."""
    cover = Cover()
    for candidate in taken():
        cover.take(_entry(candidate))
    _say("taken", cover)
    pool = [*Gathering().of(swept())]
    click.echo(f"{len(pool)} in the pool")
    for kind in _WANTED:
        cover.complete(pool, kind, _MOST)
        _say(kind, cover)
    vectors = [entry.candidate.vector(Trace(entry.trace)) for entry in cover.taken]
    vectors.sort(key=lambda each: (each.check, each.id))
    content = corpus.content(vectors)
    corpus.FILE.write_bytes(content)
    click.echo(f"{len(vectors)} vectors, {len(content):,} bytes")
    areas = Counter(each.check.partition("/")[0] for each in vectors)
    click.echo(", ".join(f"{name} {count}" for name, count in areas.most_common()))


def _entry(candidate: Candidate) -> Entry:
    [entry] = Gathering().of([candidate])
    return entry


def _say(what: str, cover: Cover) -> None:
    steps = sum(len(entry.program.steps) for entry in cover.taken)
    click.echo(f"{what}: {len(cover.taken)} programs, {steps} steps, {time.process_time():.0f} s")


if __name__ == "__main__":
    main()
