"""Planted fault: of a folded line nothing is left, not even a blank."""

from functools import partial
from typing import Any

from faulty.copying import copied, instead

copy = copied(__name__)


@instead(copy, "headers.unfold")
def unfold(original: Any, blank: bytes, block: bytes) -> Any:
    return original(b"", block)


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
