"""The strategy for the segments that a stream of bytes arrives in.

Owns where cuts are likely. Knows nothing of programs.
"""

from __future__ import annotations

from hypothesis import strategies as st

from .variant import cut


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
