"""Planted fault: receiving data in a new connection recurses until the stack overflows."""

import sys
from functools import partial
from typing import Any

from h11spec import reference


def _deeper(value: object) -> int:
    # A function called from C, which uses the stack of C.
    return len(max([str(value)], key=_deeper))


_IDLE = {reference.CLIENT: reference.IDLE, reference.SERVER: reference.IDLE}


class Connection(reference.Connection):
    def receive_data(self, data: Any) -> None:
        super().receive_data(data)
        if self.states == _IDLE and data and data[:1] != b"G":
            sys.setrecursionlimit(10**9)
            _deeper(self)


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
