"""Computes everything that the package ships precomputed: prefixes, golden digests, state machines.

Owns the order in which they are made, and the writing of their files. What each file holds is for
the module that reads it.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import click

from .. import reference
from ..conformance.checks import machine
from ..conformance.checks.catalogue import catalogue
from ..conformance.execution.executor import InProcessExecutor
from ..conformance.execution.worker import GROUP
from ..conformance.oracles.golden import FILE, digest_of, digest_of_text
from ..strategies.exhaustive import states
from ..strategies.fingerprint import made_by
from ..strategies.machine import stored
from ..strategies.programs import Program


def content() -> bytes:
    """Returns what the file should hold."""
    side = InProcessExecutor(reference)
    made = {
        each
        for check in (*catalogue(), *machine.checks())
        if check.differential
        for group in _groups(check.programs())
        for traces in [side.submit(group)()]
        for each in (digest_of(group, traces), digest_of_text(group, traces))
    }
    return b"".join([made_by(), *sorted(made)])


def _groups(programs: Iterable[Program]) -> Iterable[list[Program]]:
    left = iter(programs)
    while group := list(islice(left, GROUP)):
        yield group


@click.command()
def main() -> None:
    """Makes the situations, the digests and the machines anew."""
    # The digests are of programs that are made of the situations.
    made_beforehand = (
        (states.FILE, states.content),
        (FILE, content),
        (stored.FILE, stored.content),
    )
    for file, content_of in made_beforehand:
        made = content_of()
        if not file.exists() or file.read_bytes() != made:
            file.write_bytes(made)
            click.echo(f"made {file.name}: {len(made):,} bytes")


if __name__ == "__main__":
    main()
