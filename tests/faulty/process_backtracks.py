"""Planted fault: matching a target with a pattern takes for ever, in C and with the lock held."""

import re
from functools import partial
from typing import Any

from h11spec import reference

_PATH = re.compile(rb"/(?:[a-z.]+)+\Z")


class Connection(reference.Connection):
    def next_event(self) -> Any:
        event = super().next_event()
        if isinstance(event, reference.Request):
            _PATH.match(event.target)
        return event


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
