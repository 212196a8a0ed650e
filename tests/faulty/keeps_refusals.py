"""Planted fault: a connection keeps each exception that it raises."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._refused: list[Exception] = []

    def start_next_cycle(self) -> None:
        try:
            super().start_next_cycle()
        except reference.LocalProtocolError as error:
            self._refused.append(error)
            raise


__getattr__ = partial(getattr, reference)
