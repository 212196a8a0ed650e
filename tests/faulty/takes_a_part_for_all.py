"""Planted fault: a body that is cut short by the end ends as if it were complete."""

from functools import partial
from typing import Any

from faulty.copying import copied, instead

copy = copied(__name__)


@instead(copy, "reading.LengthReader.read_eof")
def read_eof(original: Any, reader: Any) -> Any:
    return copy.EndOfMessage()


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
