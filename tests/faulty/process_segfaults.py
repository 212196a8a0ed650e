"""Planted fault: receiving data in a new connection reads unmapped memory."""

import ctypes
from functools import partial
from typing import Any

from h11spec import reference

_IDLE = {reference.CLIENT: reference.IDLE, reference.SERVER: reference.IDLE}


class Connection(reference.Connection):
    def receive_data(self, data: Any) -> None:
        super().receive_data(data)
        if self.states == _IDLE and data and data[:1] != b"G":
            ctypes.string_at(0)


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
