"""Planted fault: what was read of a body of a stated length is kept until the body ends."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._read: list[bytes] = []
        self._counts = False

    def next_event(self) -> Any:
        event = super().next_event()
        if isinstance(event, reference.Request | reference.Response):
            self._counts = any(name == b"content-length" for name, _ in event.headers)
        elif isinstance(event, reference.Data) and self._counts:
            self._read.append(bytes(event.data))
        elif isinstance(event, reference.EndOfMessage):
            self._read.clear()
        return event


__getattr__ = partial(getattr, reference)
