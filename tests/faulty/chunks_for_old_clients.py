"""Planted fault: an HTTP/1.0 client is sent chunks."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "connection.framed_response")
def framed_response(original: Any, response: Any, method: Any, version: Any, alive: Any) -> Any:
    return original(response, method, b"1.1", alive)


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
