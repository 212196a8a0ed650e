"""Planted fault: next_event sleeps before it returns a request, for each byte of its target."""

import time
from functools import partial
from typing import Any

from h11spec import reference

PAUSE = 0.01


class Connection(reference.Connection):
    def next_event(self) -> Any:
        event = super().next_event()
        if isinstance(event, reference.Request):
            time.sleep(PAUSE * len(event.target))
        return event


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
