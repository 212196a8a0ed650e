"""Planted fault: next_event returns NEED_DATA in place of PAUSED."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def next_event(self) -> Any:
        event = super().next_event()
        return reference.NEED_DATA if event is reference.PAUSED else event


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
