"""Planted fault: the method of a request is still used in the next cycle."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "connection.Connection.start_next_cycle")
def start_next_cycle(original: Any, connection: Any) -> None:
    method = connection._request_method
    original(connection)
    connection._request_method = method


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
