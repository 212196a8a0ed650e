"""Planted fault: trailers after a body with Content-Length are dropped, not refused."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "writing.LengthWriter.write_end")
def write_end(original: Any, writer: Any, event: Any) -> Any:
    return original(writer, copy.EndOfMessage())


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
