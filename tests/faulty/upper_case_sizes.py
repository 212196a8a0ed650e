"""Planted fault: chunk sizes are sent in upper case."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "writing.ChunkedWriter.write_data")
def write_data(original: Any, writer: Any, event: Any) -> Any:
    return [b"%X\r\n" % len(event.data), event.data, b"\r\n"] if event.data else []


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
