"""Planted fault: text is sent as it is, in any state."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def send(self, event: Any) -> Any:
        return event.encode() if isinstance(event, str) else super().send(event)


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
