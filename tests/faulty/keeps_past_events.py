"""Planted fault: a connection keeps every event that was read from it."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._past: list[Any] = []

    def next_event(self) -> Any:
        event = super().next_event()
        self._past.append(event)
        return event


__getattr__ = partial(getattr, reference)
