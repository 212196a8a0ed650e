"""Planted fault: a body that is cut short by the end of input counts as complete."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "reading.LengthReader.read_eof")
def read_eof(original: Any, reader: Any) -> Any:
    return copy.EndOfMessage()


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
