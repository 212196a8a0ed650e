"""Planted fault: a response to HEAD has the body that its fields announce."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "connection.body_framing")
def body_framing(original: Any, method: Any, head: Any) -> Any:
    return original(b"GET" if method == b"HEAD" else method, head)


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
