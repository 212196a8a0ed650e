"""Planted fault: a registry of connections that is never emptied."""

from functools import partial
from typing import Any

from h11spec import reference

_REGISTRY: list[Any] = []


class Connection(reference.Connection):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        _REGISTRY.append(self)


__getattr__ = partial(getattr, reference)
