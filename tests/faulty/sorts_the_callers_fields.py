"""Planted fault: sending an event puts Host first in the event of the caller, too."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def send(self, event: Any) -> bytes | None:
        data = super().send(event)
        for fields in _lists(getattr(event, "headers", None)):
            fields.sort(key=lambda field: field[0].lower() != b"host")
        return data


def _lists(headers: Any) -> tuple[list[tuple[bytes, bytes]], ...]:
    return (headers._items, headers._raw_items) if headers else ()


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
