"""Planted fault: raw_items() returns the list that the fields are kept in."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "headers.Headers.raw_items")
def raw_items(original: Any, headers: Any) -> list[tuple[bytes, bytes]]:
    kept: list[tuple[bytes, bytes]] = headers._raw_items
    return kept


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
