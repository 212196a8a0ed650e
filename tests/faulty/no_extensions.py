"""Planted fault: a chunk size with an extension is none."""

from functools import partial
from typing import Any

from faulty.copying import copied, instead

copy = copied(__name__)


@instead(copy, "reading.parse_chunk_header")
def parse_chunk_header(original: Any, line: Any) -> Any:
    return None if b";" in line else original(line)


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
