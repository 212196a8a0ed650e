"""Planted fault: a new connection raises an exception whose attributes and text all raise."""

from functools import partial
from typing import Any

from h11spec import reference


class Unspeakable(reference.LocalProtocolError):
    def __init__(self) -> None:
        pass

    def __str__(self) -> str:
        raise RuntimeError("not even this")

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError("nor this")


_IDLE = {reference.CLIENT: reference.IDLE, reference.SERVER: reference.IDLE}


class Connection(reference.Connection):
    def receive_data(self, data: Any) -> None:
        super().receive_data(data)
        if self.states == _IDLE and data and data[:1] != b"G":
            raise Unspeakable


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
