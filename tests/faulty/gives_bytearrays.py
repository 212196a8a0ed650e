"""Planted fault: send returns a bytearray."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def send(self, event: Any) -> Any:
        data = super().send(event)
        return None if data is None else bytearray(data)


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
