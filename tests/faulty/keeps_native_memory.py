"""Planted fault: memory that Python does not know of is never freed, as in a compiled module."""

import ctypes
from functools import partial

from h11spec import reference

_malloc = ctypes.CDLL(None).malloc
_malloc.restype = ctypes.c_void_p


class Connection(reference.Connection):
    def start_next_cycle(self) -> None:
        super().start_next_cycle()
        ctypes.memset(_malloc(400), 1, 400)


__getattr__ = partial(getattr, reference)
