"""Planted fault: a response without a reason gets one, in the event of the caller."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def send(self, event: Any) -> bytes | None:
        sent = super().send(event)
        if type(event) is reference.Response and not event.reason:
            object.__setattr__(event, "reason", b"OK")
        return sent


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
