"""Planted fault: chunk_start is never set, not even where h11 0.16.0 sets it."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def next_event(self) -> Any:
        event = super().next_event()
        if isinstance(event, reference.Data):
            return reference.Data(event.data, chunk_end=event.chunk_end)
        return event


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
