"""Computes the precomputed files of the package: state prefixes, golden digests, machines, vectors.

Owns the order in which they are computed, and the writing of the files. It must not know the format
of a file: the module that reads it does.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import click

from .. import reference
from ..conformance.checks import machine
from ..conformance.checks.catalogue import catalogue
from ..conformance.execution.executor import InProcessExecutor
from ..conformance.execution.shipped.protocol import GROUP
from ..conformance.oracles.golden import FILE, digest_of
from ..conformance.vectors import corpus
from ..strategies.exhaustive import states
from ..strategies.fingerprint import source_fingerprint
from ..strategies.machine import stored
from ..strategies.program import Program
from ..strategies.traces import exact, run


def content() -> bytes:
    """Returns the golden digests of every differential check, as the content of their file."""
    executor = InProcessExecutor(reference)
    digests = {
        digest_of(group, executor.submit(group)())
        for check in (*catalogue(), *machine.checks())
        if check.differential
        for group in _groups(check.programs())
    }
    return b"".join([source_fingerprint(), *sorted(digests)])


def vectors() -> bytes:
    """Returns the stored vectors with today's fingerprint, as the content of their file.

    Raises ClickException if the reference no longer shows one of their traces: then other programs
    may be better vectors, and ``make vectors`` chooses them.
    """
    stored_vectors = corpus.load()
    for vector in stored_vectors:
        if exact(run(reference, vector.program).form) != exact(list(vector.expected)):
            raise click.ClickException(
                f"the reference no longer shows what {vector.id} expects; run make vectors"
            )
    return corpus.content(stored_vectors)


def _groups(programs: Iterable[Program]) -> Iterable[list[Program]]:
    left = iter(programs)
    while group := list(islice(left, GROUP)):
        yield group


@click.command()
def main() -> None:
    """Recomputes the state prefixes, golden digests and state machines, and checks the vectors."""
    precomputed = (
        (states.FILE, states.content),
        (FILE, content),  # of programs that are built from the prefixes
        (stored.FILE, stored.content),
        (corpus.FILE, vectors),
    )
    for file, content_of in precomputed:
        computed = content_of()
        if not file.exists() or file.read_bytes() != computed:
            file.write_bytes(computed)
            click.echo(f"made {file.name}: {len(computed):,} bytes")


if __name__ == "__main__":
    main()
