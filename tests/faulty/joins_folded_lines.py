"""Planted fault: folded lines are joined without a blank."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "headers.unfold")
def unfold(original: Any, blank: bytes, block: bytes) -> Any:
    return original(b"", block)


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
