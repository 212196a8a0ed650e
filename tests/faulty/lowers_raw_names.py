"""Planted fault: raw_items() has the names of fields in lower case."""

from collections.abc import Callable
from functools import partial

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "headers.Headers.raw_items")
def raw_items(
    original: Callable[[object], list[tuple[bytes, bytes]]], headers: object
) -> list[tuple[bytes, bytes]]:
    return [(name.lower(), value) for name, value in original(headers)]


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
