"""Planted fault: a request with more than a hundred fields is refused."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def next_event(self) -> Any:
        event: Any = super().next_event()
        if type(event) is reference.Request and len(event.headers) > 100:
            raise reference.RemoteProtocolError("too many fields", 431)
        return event


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
