"""Planted fault: Host is sent where the caller put it, not first."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "writing._field_lines")
def field_lines(original: Any, headers: Any) -> Any:
    return [b"%s: %s\r\n" % item for item in headers.raw_items()] + [b"\r\n"]


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
