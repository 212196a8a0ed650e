"""Planted fault: the name of the Host field is always sent in lower case."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def send(self, event: Any) -> bytes | None:
        data = super().send(event)
        return data and data.replace(b"Host: ", b"host: ")


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
