"""Groups of programs whose traces are known beforehand; as a command, this module makes all files
that are made beforehand.

Owns the digests of what the reference shows for the sweeps and the machine's suite, so that an
implementation that shows the same, which is most of them nearly everywhere, need not be compared
with a reference that runs.
Knows nothing of what a difference is: what is not foreseen is run on both sides and compared.

They cannot mislead when they are out of date. A digest is of the programs as well as of their
traces, and all are void as soon as a line of the reference or of the interpreter changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, partial
from itertools import islice
from pathlib import Path

import click
import msgspec

from .. import reference
from ..strategies.exhaustive import states
from ..strategies.machine import kept
from ..strategies.programs import Program
from ..strategies.provenance import SIZE, digest, made_by
from ..strategies.traces import Trace, begin
from . import worker
from .checks import machine
from .checks.catalogue import catalogue
from .checks.check import agreement
from .lockstep import Foreseen
from .sides import Digests, InProcess, Shown, text
from .worker import GROUP

FILE = Path(__file__).with_name("foreseen.bin")


def foreseen(programs: Sequence[Program], traces: Sequence[Shown]) -> bool:
    """Whether these programs, a group, are known to have these very traces on the reference.

    Of those that came as text, the process that wrote them has told.
    """
    return all(isinstance(each, list) for each in traces) and _digest(programs, traces) in digests()


def _digest(programs: Sequence[Program], traces: Sequence[Shown]) -> bytes:
    group = [[program.to_json() for program in programs], traces]
    try:
        return digest(msgspec.msgpack.encode(group))
    except (OverflowError, UnicodeEncodeError):
        # A number beyond 64 bits, or a lone surrogate; this takes ten times as long.
        return digest(repr(group).encode())


@cache
def digests() -> Digests:
    """Returns the digests of all groups, in both forms; or none if they are out of date."""
    content = FILE.read_bytes() if FILE.exists() else b""
    parts = [content[at : at + SIZE] for at in range(0, len(content), SIZE)]
    return frozenset(parts[1:] if parts[:1] == [made_by()] else ())


def content() -> bytes:
    """Returns what the file should hold."""
    side = InProcess(reference)
    made = {
        each
        for check in (*catalogue(), *machine.checks())
        if check.examine is agreement
        for group in _groups(check.programs())
        for traces in [side.submit(group)()]
        for each in (_digest(group, traces), digest_of_text(group, traces))
    }
    return b"".join([made_by(), *sorted(made)])


def digest_of_text(programs: Sequence[Program], traces: Sequence[Shown]) -> bytes:
    """Returns the digest that a worker finds, of programs and traces as they go to and fro."""
    lines = "".join(f"{text(each)}\n" for each in traces)
    return worker.digest([each.to_text() for each in programs], lines.encode("ascii"))


def _groups(programs: Iterable[Program]) -> Iterable[list[Program]]:
    left = iter(programs)
    while group := list(islice(left, GROUP)):
        yield group


def _not_alone(program: Program, trace: Trace) -> bool:
    """Of a sweep's programs nothing is known but of whole groups."""
    return False


_BEGIN = partial(begin, reference)
SWEEPS = Foreseen(digests, foreseen, _not_alone, _BEGIN)
MACHINE = Foreseen(digests, foreseen, machine.foreseen, _BEGIN)


@click.command()
def main() -> None:
    """Makes the situations, the digests and the machines anew."""
    # The digests are of programs that are made of the situations.
    made_beforehand = ((states.FILE, states.content), (FILE, content), (kept.FILE, kept.content))
    for file, content_of in made_beforehand:
        made = content_of()
        if not file.exists() or file.read_bytes() != made:
            file.write_bytes(made)
            click.echo(f"made {file.name}: {len(made):,} bytes")


if __name__ == "__main__":
    main()
