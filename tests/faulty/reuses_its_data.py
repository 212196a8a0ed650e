"""Planted fault: every Data that is received has the same buffer, which the next one overwrites."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._data = bytearray()

    def next_event(self) -> Any:
        event: Any = super().next_event()
        if type(event) is reference.Data:
            self._data[:] = event.data
            return reference.Data(self._data, event.chunk_start, event.chunk_end)
        return event


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
