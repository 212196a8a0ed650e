"""Planted fault: data received after the end is ignored instead of refused."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def receive_data(self, data: Any) -> None:
        if not (data and self.trailing_data[1]):
            super().receive_data(data)


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
