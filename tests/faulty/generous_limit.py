"""Planted fault: an incomplete head may have one byte more than the limit."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def __init__(self, our_role: Any, max_incomplete_event_size: int = 16 * 1024) -> None:
        super().__init__(our_role, max_incomplete_event_size + 1)


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
