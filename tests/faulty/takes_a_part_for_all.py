"""Planted fault: a body that the end of input cuts short counts as complete."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "reading.LengthReader.read_eof")
def read_eof(original: Any, reader: Any) -> Any:
    return copy.EndOfMessage()


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
