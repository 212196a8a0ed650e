"""Planted fault: behind a Content-Length, one whose name is written otherwise is passed over."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "headers._with_one_framing")
def with_one_framing(original: Any, fields: Iterable[tuple[bytes, bytes]]) -> Any:
    kept: list[tuple[bytes, bytes]] = []
    lengths = set[bytes]()
    for name, value in fields:
        if name.lower() == b"content-length":
            lengths.add(name)
        if len(lengths) < 2 or name not in lengths:
            kept.append((name, value))
    return original(kept)


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
