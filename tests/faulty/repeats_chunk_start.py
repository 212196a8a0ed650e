"""Planted fault: chunk_start is set on each piece of a chunk."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "reading.ChunkedReader.read")
def read(original: Any, reader: Any, buffer: Any) -> Any:
    reader._starting = True
    return original(reader, buffer)


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
