"""A stream of bytes cut into the pieces that a connection receives it in.

Owns cuts, and nothing of what is cut. Knows nothing of Hypothesis.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from .programs import Drain, NextEvent, Program, Receive, Step


def cut(data: bytes, positions: Iterable[int]) -> list[bytes]:
    """Returns ``data`` in segments, cut at ``positions``; none of them is empty."""
    edges = sorted({0, len(data), *(at for at in positions if 0 < at < len(data))})
    return [data[start:end] for start, end in pairwise(edges)]


def byte_by_byte(program: Program) -> Program:
    """Returns the same conversation with each byte received on its own, and read before the next.

    ``next_event`` steps become drains: how many calls it takes depends on the cuts.
    """
    return Program(program.role, tuple(_single_bytes(program.steps)), program.limit)


def _single_bytes(steps: Iterable[Step]) -> Iterator[Step]:
    for step in steps:
        if isinstance(step, Receive):
            for byte in step.data:
                yield Receive(bytes([byte]))
                yield Drain()
        else:
            yield Drain() if isinstance(step, NextEvent) else step
