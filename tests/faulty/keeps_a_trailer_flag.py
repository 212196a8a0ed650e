"""Planted fault: one reader of chunks serves a whole connection, and keeps its trailer flag.

A new message resets its counters, and not the note that trailers are being read.
"""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "connection.Connection._process_head")
def process_head(original: Any, connection: Any, role: Any, head: Any) -> None:
    before = getattr(connection, "kept_reader", None)
    original(connection, role, head)
    if type(connection._body_reader).__name__ == "ChunkedReader":
        connection._body_reader._in_trailers = before is not None and before._in_trailers
        connection.kept_reader = connection._body_reader


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
