"""Planted fault: the end of input exits the process with status 0."""

import sys
from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def next_event(self) -> Any:
        event = super().next_event()
        if isinstance(event, reference.ConnectionClosed):
            sys.exit(0)
        return event


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
