"""Planted fault: next_event hangs in a new connection that has received data."""

from functools import partial
from typing import Any

from h11spec import reference

_IDLE = {reference.CLIENT: reference.IDLE, reference.SERVER: reference.IDLE}


class Connection(reference.Connection):
    def next_event(self) -> Any:
        while self.states == _IDLE and self.trailing_data[0][:1] not in (b"", b"G"):
            pass
        return super().next_event()


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
