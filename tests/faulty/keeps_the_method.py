"""Planted fault: what a cycle learnt of the request's method stays for the next one."""

from functools import partial
from typing import Any

from faulty.copying import copied, instead

copy = copied(__name__)


@instead(copy, "connection.Connection.start_next_cycle")
def start_next_cycle(original: Any, connection: Any) -> None:
    method = connection._request_method
    original(connection)
    connection._request_method = method


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
