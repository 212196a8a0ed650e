"""Planted fault: the end of the connection is told once, and then waited for."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.told = False

    def next_event(self) -> Any:
        event = super().next_event()
        if not isinstance(event, reference.ConnectionClosed):
            return event
        told, self.told = self.told, True
        return reference.NEED_DATA if told else event


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
