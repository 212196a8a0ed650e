"""Planted fault: the bytes after the data of a chunk are not checked, as in h11 before 0.16."""

from functools import partial
from typing import Any

from h11spec import reference
from h11spec.reference.buffer import ReceiveBuffer
from h11spec.reference.reading import ChunkedReader


class _Lenient(ChunkedReader):
    def _read_footer(self, buffer: ReceiveBuffer) -> bool:
        received = buffer.take(len(self._footer))
        self._footer = self._footer[len(received) :]
        return not self._footer


class Connection(reference.Connection):
    def next_event(self) -> Any:
        inside: Any = vars(self)
        if type(inside["_body_reader"]) is ChunkedReader:
            inside["_body_reader"].__class__ = _Lenient
        return super().next_event()


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
