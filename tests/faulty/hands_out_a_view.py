"""Planted fault: every Data that is received is a view of one buffer, which the next overwrites."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._data = bytearray(4096)

    def next_event(self) -> Any:
        event: Any = super().next_event()
        if type(event) is reference.Data and len(event.data) <= len(self._data):
            size = len(event.data)
            self._data[:size] = event.data
            view: Any = memoryview(self._data)[:size]
            return reference.Data(view, event.chunk_start, event.chunk_end)
        return event


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
