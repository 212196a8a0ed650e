"""Planted fault: after a failed send, ConnectionClosed can still be sent."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def send(self, event: Any) -> Any:
        if self.our_state is reference.ERROR and isinstance(event, reference.ConnectionClosed):
            return None
        return super().send(event)


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
