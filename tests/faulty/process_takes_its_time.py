"""Planted fault: next_event computes before it returns a request, for each byte of its target."""

import time
from functools import partial
from typing import Any

from h11spec import reference

PAUSE = 0.01


class Connection(reference.Connection):
    def next_event(self) -> Any:
        event = super().next_event()
        if isinstance(event, reference.Request):
            end = time.process_time() + PAUSE * len(event.target)
            while time.process_time() < end:
                pass
        return event


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
