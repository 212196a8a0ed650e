"""Planted fault: chunk_end is set on all data, even without chunks."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def next_event(self) -> Any:
        event = super().next_event()
        if isinstance(event, reference.Data):
            return reference.Data(event.data, chunk_start=event.chunk_start, chunk_end=True)
        return event


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
