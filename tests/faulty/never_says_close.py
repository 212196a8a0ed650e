"""Planted fault: no response announces that the connection will be closed."""

from dataclasses import replace
from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "connection.framed_response")
def framed_response(original: Any, *arguments: Any) -> Any:
    framed = original(*arguments)
    return replace(framed, headers=copy.headers.replaced(framed.headers, b"connection", []))


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
