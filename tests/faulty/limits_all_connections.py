"""Planted fault: all connections together may hold no more than a MiB of unread data."""

from functools import partial
from typing import Any
from weakref import WeakSet

from h11spec import reference

BUDGET = 1 << 20
CONNECTIONS: "WeakSet[Connection]" = WeakSet()


class Connection(reference.Connection):
    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        CONNECTIONS.add(self)

    def receive_data(self, data: Any) -> None:
        held = sum(len(each.trailing_data[0]) for each in CONNECTIONS if each is not self)
        if held + len(data or b"") > BUDGET:
            raise reference.RemoteProtocolError("Receive buffers too long")
        super().receive_data(data)


__getattr__ = partial(getattr, reference)
