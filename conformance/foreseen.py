"""Groups of programs whose traces are known beforehand; as a command, this module makes them anew.

Owns the digests of what the reference shows for the sweeps, so that an implementation that shows
the same, which is most of them nearly everywhere, need not be compared with a reference that runs.
Knows nothing of what a difference is: what is not foreseen is run on both sides and compared.

They cannot mislead when they are out of date. A digest is of the programs as well as of their
traces, and all are void as soon as a line of what made them changes.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256
from itertools import islice
from pathlib import Path

import click

from .. import reference
from ..strategies import interpreter
from ..strategies.programs import Program
from .checks.catalogue import catalogue
from .checks.check import agreement
from .lockstep import GROUP
from .sides import NO_REFERENCES, InProcess, Shown

FILE = Path(__file__).with_name("foreseen.bin")
# Two different groups have the same digest once in 2**64.
_SIZE = 8


def foreseen(programs: Sequence[Program], traces: Sequence[Shown]) -> bool:
    """Whether these programs are known to have these very traces on the reference."""
    return _digest(programs, traces) in _digests()


def _digest(programs: Sequence[Program], traces: Sequence[Shown]) -> bytes:
    forms = [program.to_json() for program in programs]
    return _hash(marshal.dumps([forms, traces], NO_REFERENCES))


def _hash(*parts: bytes) -> bytes:
    return sha256(b"".join(parts)).digest()[:_SIZE]


@cache
def _digests() -> frozenset[bytes]:
    """The digests of all groups of the sweeps, or none if they are out of date."""
    content = FILE.read_bytes() if FILE.exists() else b""
    digests = [content[at : at + _SIZE] for at in range(0, len(content), _SIZE)]
    return frozenset(digests[1:] if digests[:1] == [_made_by()] else ())


def _made_by() -> bytes:
    """The digest of the source code that traces depend on, beside the programs."""
    sources = sorted(Path(reference.__file__).parent.glob("*.py"))
    return _hash(*(path.read_bytes() for path in (*sources, Path(interpreter.__file__))))


def content() -> bytes:
    """Returns what the file should hold."""
    side = InProcess(reference)
    digests = {
        _digest(group, side.submit(group)())
        for check in catalogue()
        if check.examine is agreement
        for group in _groups(check.programs())
    }
    return b"".join([_made_by(), *sorted(digests)])


def _groups(programs: Iterable[Program]) -> Iterable[list[Program]]:
    left = iter(programs)
    while group := list(islice(left, GROUP)):
        yield group


@click.command()
def main() -> None:
    """Makes the digests anew."""
    made = content()
    if not FILE.exists() or FILE.read_bytes() != made:
        FILE.write_bytes(made)
        click.echo(f"made {FILE.name}: {len(made) // _SIZE - 1:,} groups of {GROUP} programs")


if __name__ == "__main__":
    main()
