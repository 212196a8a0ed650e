"""Planted fault: a request with a field whose name begins with an X reads unmapped memory."""

import ctypes
from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def next_event(self) -> Any:
        event = super().next_event()
        if isinstance(event, reference.Request):
            for name, _ in event.headers:
                if name.startswith(b"x"):
                    ctypes.string_at(0)
        return event


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
