"""Planted fault: a connection that paused once stays paused."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.paused = False

    def next_event(self) -> Any:
        event = reference.PAUSED if self.paused else super().next_event()
        self.paused = event is reference.PAUSED
        return event


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
