"""Planted fault: an LF received in a segment of its own is lost."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def receive_data(self, data: Any) -> None:
        if data != b"\n":
            super().receive_data(data)


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
