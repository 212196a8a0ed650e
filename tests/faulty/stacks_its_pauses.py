"""Planted fault: each PAUSED is put on a stack, and each cycle takes one off."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._pauses: list[list[None]] = []

    def next_event(self) -> Any:
        event = super().next_event()
        if event is reference.PAUSED:
            self._pauses.append([None])
        return event

    def start_next_cycle(self) -> None:
        super().start_next_cycle()
        if self._pauses:
            self._pauses.pop()


__getattr__ = partial(getattr, reference)
