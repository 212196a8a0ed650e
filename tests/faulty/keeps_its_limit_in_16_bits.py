"""Planted fault: the limit of incomplete events is kept in 16 bits."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def __init__(self, our_role: Any, max_incomplete_event_size: int = 16 * 1024) -> None:
        super().__init__(our_role, max_incomplete_event_size & 0xFFFF)


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
