"""Planted fault: close is only recognised if a Connection field has no other option."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "connection.keeps_alive")
def keeps_alive(original: Any, head: Any) -> bool:
    return head.http_version >= b"1.1" and (b"connection", b"close") not in list(head.headers)


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
