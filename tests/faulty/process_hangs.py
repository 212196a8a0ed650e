"""Planted fault: a HEAD request that was received is never given out."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def next_event(self) -> Any:
        event = super().next_event()
        while isinstance(event, reference.Request) and event.method == b"HEAD":
            pass
        return event


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
