"""Planted fault: a connection to an HTTP/1.0 peer is kept alive."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "connection.keeps_alive")
def keeps_alive(original: Any, head: Any) -> bool:
    return b"close" not in copy.headers.tokens(head.headers, b"connection")


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
