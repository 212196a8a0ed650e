"""Planted fault: a response does not say that the connection is about to be closed."""

from functools import partial
from typing import Any

from faulty.copying import copied, instead

copy = copied(__name__)


@instead(copy, "connection.framed_response")
def framed_response(original: Any, response: Any, method: Any, version: Any, alive: Any) -> Any:
    return original(response, method, version, True)


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
