"""Planted fault: close is only seen where a Connection field says nothing else."""

from functools import partial
from typing import Any

from faulty.copying import copied, instead

copy = copied(__name__)


@instead(copy, "connection.keeps_alive")
def keeps_alive(original: Any, head: Any) -> bool:
    return head.http_version >= b"1.1" and (b"connection", b"close") not in list(head.headers)


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
