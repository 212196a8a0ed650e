"""Planted fault: the method of a request is received in upper case."""

from dataclasses import replace
from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def next_event(self) -> Any:
        event: Any = super().next_event()
        if type(event) is reference.Request:
            return replace(event, method=event.method.upper())
        return event


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
