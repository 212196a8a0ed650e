"""Planted fault: a bad chunk size raises an exception that is not a protocol error."""

from functools import partial
from typing import Any

from h11spec import reference


class ChunkTrip(ArithmeticError):
    """Not among the names of the h11 API."""


class Connection(reference.Connection):
    def next_event(self) -> Any:
        try:
            return super().next_event()
        except reference.RemoteProtocolError as error:
            if "chunk header" in str(error):
                raise ChunkTrip(str(error)) from error
            raise


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
