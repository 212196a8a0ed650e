"""Ways to cut a stream of bytes into the pieces that a connection receives it in.

Owns cuts, and nothing of what is cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from hypothesis import strategies as st

from .programs import Drain, NextEvent, Program, Receive, Step


def cut(data: bytes, positions: Iterable[int]) -> list[bytes]:
    """Returns ``data`` in segments, cut at ``positions``; none of them is empty."""
    edges = sorted({0, len(data), *(at for at in positions if 0 < at < len(data))})
    return [data[start:end] for start, end in pairwise(edges)]


def segmentations(data: bytes, *, max_cuts: int = 4) -> st.SearchStrategy[list[bytes]]:
    """Ways to cut ``data``: at any positions, and more often at those next to a line end.

    Shrinks towards one piece. Cannot produce empty segments, which would mean the end of input.
    """
    if len(data) < 2:
        return st.just([data] if data else [])
    line_ends = [at for at in range(1, len(data)) if b"\n" in data[at - 1 : at + 1]]
    anywhere = st.integers(1, len(data) - 1)
    position = st.sampled_from(line_ends) | anywhere if line_ends else anywhere
    return st.lists(position, max_size=max_cuts, unique=True).map(lambda at: cut(data, at))


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
