"""Planted fault: what was read is dropped only when nothing is left to read."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._kept: list[bytes] = []

    def receive_data(self, data: bytes) -> None:
        super().receive_data(data)
        self._kept.append(bytes(data))

    def next_event(self) -> Any:
        event = super().next_event()
        if not self.trailing_data[0]:
            self._kept.clear()
        return event


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
