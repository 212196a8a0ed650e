"""Planted fault: a length overrides a transfer coding."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "connection.body_framing")
def body_framing(original: Any, method: Any, head: Any) -> Any:
    length = copy.headers.field(head.headers, b"content-length")
    return original(method, head) if length is None else int(length)


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
