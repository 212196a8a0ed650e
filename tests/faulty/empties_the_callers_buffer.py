"""Planted fault: a bytearray that is received is emptied, as if it had been handed over."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def receive_data(self, data: Any) -> None:
        super().receive_data(data)
        if isinstance(data, bytearray):
            data.clear()


__getattr__ = partial(getattr, reference)
