"""Planted fault: a body may end before the length that was announced."""

from functools import partial
from typing import Any

from faulty.copying import copied, instead

copy = copied(__name__)


@instead(copy, "writing.LengthWriter.write_end")
def write_end(original: Any, writer: Any, event: Any) -> Any:
    writer._remaining = 0
    return original(writer, event)


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
