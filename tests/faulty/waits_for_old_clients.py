"""Planted fault: a client of HTTP/1.0 may wait for 100 (Continue)."""

from functools import partial
from typing import Any

from faulty.copying import copied, instead

copy = copied(__name__)


@instead(copy, "connection.expects_continue")
def expects_continue(original: Any, request: Any) -> bool:
    return b"100-continue" in copy.headers.tokens(request.headers, b"expect")


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
