"""Planted fault: an HTTP/1.0 client may wait for 100 (Continue)."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "connection.expects_continue")
def expects_continue(original: Any, request: Any) -> bool:
    return b"100-continue" in copy.headers.tokens(request.headers, b"expect")


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
