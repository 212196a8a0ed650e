"""Planted fault: a sent body may be shorter than its Content-Length."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "writing.LengthWriter.write_end")
def write_end(original: Any, writer: Any, event: Any) -> Any:
    writer._remaining = 0
    return original(writer, event)


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
