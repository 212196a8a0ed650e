"""Planted fault: no connection can be made with a buffer limit below 16 bytes."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def __init__(self, our_role: Any, max_incomplete_event_size: int = 16 * 1024) -> None:
        if max_incomplete_event_size < 16:
            raise ValueError("a limit below 16 is of no use")
        super().__init__(our_role, max_incomplete_event_size)


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
