"""Planted fault: empty data is sent as an empty chunk, which ends the body."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "writing.ChunkedWriter.write_data")
def write_data(original: Any, writer: Any, event: Any) -> Any:
    return original(writer, event) or [b"0\r\n", event.data, b"\r\n"]


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
