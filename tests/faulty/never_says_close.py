"""Planted fault: no response says that the connection is about to be closed."""

from dataclasses import replace
from functools import partial
from typing import Any

from faulty.copying import copied, instead

copy = copied(__name__)


@instead(copy, "connection.framed_response")
def framed_response(original: Any, *known: Any) -> Any:
    framed = original(*known)
    return replace(framed, headers=copy.headers.replaced(framed.headers, b"connection", []))


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
