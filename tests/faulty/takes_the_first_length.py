"""Planted fault: the first of two lengths is used, whatever the second is."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "headers._with_one_framing")
def with_one_framing(original: Any, fields: Any) -> Any:
    kept: dict[bytes, Any] = {}
    for at, (name, value) in enumerate(fields):
        key = name.lower() if name.lower() == b"content-length" else b"%d" % at
        kept.setdefault(key, (name, value))
    return original(kept.values())


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
