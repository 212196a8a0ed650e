"""Planted fault: the trailers of a chunked message are lost."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def next_event(self) -> Any:
        event = super().next_event()
        return reference.EndOfMessage() if isinstance(event, reference.EndOfMessage) else event


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
