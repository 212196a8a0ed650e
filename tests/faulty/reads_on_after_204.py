"""Planted fault: a 204 (No Content) has a body like any other response."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "connection.body_framing")
def body_framing(original: Any, method: Any, head: Any) -> Any:
    framing = original(method, head)
    if getattr(head, "status_code", None) == 204:
        return copy.framing.Framing.UNTIL_CLOSE
    return framing


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
