"""Groups of programs whose traces are known beforehand.

Owns the digests of what the reference shows for the sweeps and the machine's suite, so that an
implementation that shows the same, which is most of them nearly everywhere, need not be compared
with a reference that runs.
Knows nothing of what a difference is: what is not foreseen is run on both sides and compared.

They cannot mislead when they are out of date. A digest is of the programs as well as of their
traces, and all are void as soon as a line of the reference or of the interpreter changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path

import msgspec

from ... import reference
from ...strategies.fingerprint import SIZE, digest, made_by
from ...strategies.programs import Program
from ...strategies.traces import Trace, observe
from ..execution import worker
from ..execution.executor import Digests, RawTrace, trace_line
from .lockstep import Foreseen

FILE = Path(__file__).with_name("golden.bin")


def foreseen(programs: Sequence[Program], traces: Sequence[RawTrace]) -> bool:
    """Whether these programs, a group, are known to have these very traces on the reference.

    Of those that came as text, the process that wrote them has told.
    """
    return (
        all(isinstance(each, list) for each in traces) and digest_of(programs, traces) in digests()
    )


def digest_of(programs: Sequence[Program], traces: Sequence[RawTrace]) -> bytes:
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


def digest_of_text(programs: Sequence[Program], traces: Sequence[RawTrace]) -> bytes:
    """Returns the digest that a worker finds, of programs and traces as they go to and fro."""
    lines = "".join(f"{trace_line(each)}\n" for each in traces)
    return worker.digest([each.to_text() for each in programs], lines.encode("ascii"))


def _not_alone(program: Program, trace: Trace) -> bool:
    """Of a sweep's programs nothing is known but of whole groups."""
    return False


OBSERVE = partial(observe, reference)
SWEEPS = Foreseen(digests, foreseen, _not_alone, OBSERVE)
