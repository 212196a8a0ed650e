"""Planted fault: a received request may have several Host fields."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "reading.check_host")
def check_host(original: Any, headers: Any, version: bytes) -> None:
    if copy.headers.count(headers, b"host") < 2:
        original(headers, version)


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
