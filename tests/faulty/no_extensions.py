"""Planted fault: a chunk size with an extension is rejected."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "reading.parse_chunk_header")
def parse_chunk_header(original: Any, line: Any) -> Any:
    return None if b";" in line else original(line)


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
