"""Planted fault: a cache of all connections, by what they received, without a limit."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    _known: dict[bytes, int] = {}  # noqa: RUF012 (that is the fault)

    def receive_data(self, data: Any) -> None:
        self._known[bytes(data)] = len(self._known)
        super().receive_data(data)


__getattr__ = partial(getattr, reference)
